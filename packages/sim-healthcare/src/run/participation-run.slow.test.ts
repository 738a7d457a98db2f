import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SimulationResult } from './result.js';
import { simulate } from './simulate.js';

const root = mkdtempSync(join(tmpdir(), 'participation-'));
afterAll(() => rmSync(root, { recursive: true }));

const quick = { scenario: 'tutorial', model: 'logistic', privacy: 'none', rounds: 6, seed: 7, local: false, workers: 1 } as const; // prettier-ignore
let folders = 0;
const run = (changes: object): Promise<SimulationResult> =>
  simulate({ ...quick, ...changes }, join(root, String(folders++)));

describe('the result of a run', () => {
  it('says who dropped out of which rounds, and by the true numbers of records what was lost', async () => {
    const { participation: part, rounds, hospitals, warnings } = await run({ dropRate: 0.3 });
    const away = rounds.map(({ dropped }) => dropped.map(({ id }) => id));
    expect(away.flat().length).toBeGreaterThan(0);
    const samples = new Map(hospitals.map((hospital) => [hospital.id, hospital.samples]));
    const total = hospitals.reduce((sum, hospital) => sum + hospital.samples, 0);
    for (const { id, missed, rounds: taken, weight } of part!.hospitals) {
      expect(missed).toBe(away.filter((ids) => ids.includes(id)).length);
      expect([taken, weight]).toEqual([rounds.length - missed, samples.get(id)]);
    }
    const shares = away.map((ids) => ids.reduce((sum, id) => sum + samples.get(id)!, 0) / total);
    expect(part!.rounds.meanShareLost).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0) / rounds.length, 12);
    expect(part!.complete).toBe(false);
    expect(warnings.map(({ code }) => code)).toContain('HOSPITALS_MISSING');
    // What the server itself knew in the round agrees, once each had told its weight.
    for (const [index, { lost }] of rounds.entries())
      if (lost && lost.share !== null) expect(lost.share).toBeCloseTo(shares[index]!, 12);
  });

  it('is complete where nobody did, though not all were asked', async () => {
    for (const select of ['uniform', 'by-size', 'cyclic'] as const) {
      const { participation: part, warnings } = await run({ rounds: 2, cohort: 2, select });
      expect(part!.complete).toBe(true);
      expect(part!.hospitals.some(({ rounds }) => rounds < 2)).toBe(true);
      expect(warnings.map(({ code }) => code)).not.toContain('HOSPITALS_MISSING');
    }
  });

  it('weighs all alike where numbers of records are withheld', async () => {
    const { participation: part } = await run({ privacy: 'dp-sgd', epsilon: 1, delta: 1e-5, rounds: 3, dropRate: 0.3 });
    expect(new Set(part!.hospitals.map(({ weight }) => weight))).toEqual(new Set([1]));
    expect(part!.complete).toBe(false);
  });

  it.each([
    ['fedavg', { weighting: 'equal' }, 1],
    ['size-aware', { mostRecords: 300 }, 300],
    ['median', {}, 1],
  ])('weighs each as %s with %j counts it', async (name, options, most) => {
    const set = { 'aggregator.name': name, 'aggregator.options': options };
    const { participation: part, rounds } = await run({ dropRate: 0.3, set });
    for (const { weight } of part!.hospitals) expect(weight).toBeLessThanOrEqual(most);
    expect(rounds.some(({ lost }) => lost && lost.share !== null)).toBe(true);
    // What the server knew agrees.
    for (const [index, { lost, dropped }] of rounds.entries()) {
      if (!lost || lost.share === null) continue;
      const weightOf = (ids: readonly string[]) =>
        part!.hospitals.reduce((sum, { id, weight }) => sum + (ids.includes(id) ? weight! : 0), 0);
      const away = weightOf(dropped.map(({ id }) => id));
      expect(lost.share, `round ${index}`).toBeCloseTo(away / weightOf(part!.hospitals.map(({ id }) => id)), 12);
    }
  });

  it('is not there where a quorum by share is missed', async () => {
    await expect(run({ dropRate: 0.3, quorumShare: 0.99 })).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });
});
