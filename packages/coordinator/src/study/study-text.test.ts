import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planHash } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportText } from '../studies/report.js';
import { absencesIn, type StudyResult } from '../studies/study-result.js';
import type { StudyStatus } from '../studies/studies.js';
import { exampleStudy } from '../testing/store-checks.js';
import { idFor, readDeclarations, readPlan } from './read-plan.js';
import { eventText, statusLines } from './status-text.js';

const { plan } = exampleStudy();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedward-plans-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('readPlan', () => {
  it("takes a plan, and that of a simulation's plan.json", async () => {
    const bare = await file('bare.json', JSON.stringify(plan));
    const whole = await file('plan.json', JSON.stringify({ plan, simulation: {}, runId: 'x' }));
    expect(await readPlan(bare)).toEqual({ plan });
    expect(planHash((await readPlan(whole)).plan)).toBe(planHash(plan));
  });

  it('names the file that is none', async () => {
    const path = await file('bad.yaml', 'a: [1');
    await expect(readPlan(path)).rejects.toMatchObject({ code: 'FILE_INVALID', subject: path });
    await expect(readPlan(await file('other.yaml', 'name: x'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(readDeclarations(await file('list.yaml', '- 1'))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

describe('idFor', () => {
  it('keeps what can stand in a name of a file', () => {
    expect(idFor('Köln: heart disease (2)', 'sha256:abcdef0123')).toBe('ko-ln-heart-disease-2-abcdef');
    expect(idFor('???', 'sha256:abcdef0123')).toBe('study-abcdef');
  });
});

const round = { leftOut: [], waiting: [], stale: [], bytes: { sent: 0, received: 0 }, metrics: {}, epsilon: null };
const dropped = [
  { id: 'site-b', code: 'CLIENT_ABSENT', reason: 'site-b is absent: not heard for 12 min', weightLost: 6 },
];
const result: StudyResult = {
  ...{ schemaVersion: 1, study: 'example', name: 'An example', planHash: 'sha256:0', simulationOnly: true, done: null },
  rounds: [
    { ...round, round: 0, participants: ['site-a', 'site-b'], dropped: [], trainLoss: 0.5 },
    { ...round, round: 1, participants: ['site-a'], dropped, trainLoss: 0.4, lost: { weight: 6, share: 0.25 } },
  ],
  sites: [{ id: 'site-b', roundsTrained: 1, missed: [], standing: 'approved', why: '' }],
  ...{ privacy: null, model: { sha256: 'abc' } },
};

describe('reportText', () => {
  it('tells who was missing in which round, why, and what the round lacks', () => {
    expect(absencesIn(result.rounds, 'site-b')).toMatchObject([{ round: 1, code: 'CLIENT_ABSENT', weightLost: 6 }]);
    const text = reportText(result);
    expect(text).toContain('SIMULATION ONLY');
    expect(text).toContain(
      '  round 1: site-b: CLIENT_ABSENT: site-b is absent: not heard for 12 min (the round lacks 25.0 % of the weight)',
    );
    expect(text).toContain('what the model tells of single records is not bounded');
  });
});

describe('statusLines', () => {
  const standing = { state: 'approved', why: '', changed: '' } as const;
  const status: StudyStatus = {
    ...{ study: exampleStudy(), planHash: 'sha256:0', software: {}, state: 'running', why: '', quorumIsEnough: false },
    ...{ created: '', changed: '', events: [], roundsDone: 2 },
    standings: ['site-a', 'site-b', 'site-c'].map((site) => ({ site, ...standing })),
    present: ['site-a', 'site-b'],
    atWork: [{ site: 'site-b', round: 3 }],
  };

  it('tells who is there, and who is still at work in which round', () => {
    expect(statusLines(status)).toEqual([
      'An example (study example): running',
      'plan sha256:0',
      '2 of 4 rounds',
      '  site-a: approved, connected',
      '  site-b: approved, connected, at work in round 3',
      '  site-c: approved, absent',
    ]);
  });

  it('tells the weights that it starts from, where some were given', () => {
    const initial = `sha256:${'a'.repeat(64)}`;
    const lines = statusLines({ ...status, study: exampleStudy({ initial }) });
    expect(lines.slice(1, 3)).toEqual(['plan sha256:0', `starts from the weights ${initial}`]);
  });

  it('tells how one that was proposed begins', () => {
    expect(statusLines({ ...status, state: 'proposed' })[1]).toBe('  begins by: fedward study start example');
  });
});

describe('eventText', () => {
  it('tells a round in a line', () => {
    const details = { round: 1, participants: ['site-a'], dropped, trainLoss: 0.4, epsilon: 1.23456 };
    const text = eventText({ number: 4, time: '2026-01-02T03:04:05.000Z', kind: 'round', details });
    expect(text).toBe(
      '2026-01-02 03:04:05  round  1: 1 hospitals, loss 0.4000, epsilon 1.235; without site-b: site-b is absent: not heard for 12 min',
    );
  });

  it('has plain words for kinds whose names say little', () => {
    const event = { number: 1, time: '2026-01-02T03:04:05.000Z' };
    expect(eventText({ ...event, kind: 'told-end', details: { reached: ['site-a'] } })).toBe(
      '2026-01-02 03:04:05  its end was told  to site-a',
    );
    expect(eventText({ ...event, kind: 'proposed', details: { members: ['a'] } })).toBe(
      '2026-01-02 03:04:05  proposed to hospitals',
    );
  });

  it('tells where a hospital stands, and why only where there is a reason', () => {
    const event = { number: 1, time: '2026-01-02T03:04:05.000Z', kind: 'standing' };
    const details = { site: 'site-a', state: 'waiting', why: 'its people have not approved it yet' };
    expect(eventText({ ...event, details })).toBe(
      '2026-01-02 03:04:05  hospital  site-a: waiting (its people have not approved it yet)',
    );
    expect(eventText({ ...event, details: { ...details, state: 'approved', why: '' } })).toBe(
      '2026-01-02 03:04:05  hospital  site-a: approved',
    );
  });
});
