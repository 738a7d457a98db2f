import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLayout, type AnswerKey, type FedwardError, type Update } from '@fedward/core';
import { outboxCompliance } from '@fedward/testkit/outbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileAnswerStore } from './file-answers.js';
import { fileOutbox } from './file-outbox.js';

const none = (error: FedwardError): never => {
  throw error;
};
const temporary = (): string => mkdtempSync(join(tmpdir(), 'fedward-outbox-'));
function folder(): string {
  const made = temporary();
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

outboxCompliance({
  create: async () => {
    const at = temporary();
    const open = () => fileOutbox(at, none);
    return { outbox: open(), reopen: async () => open(), cleanup: async () => rmSync(at, { recursive: true }) };
  },
}).register({ describe, it });

const key = { clientId: 'north', runId: 'run-1', round: 4, task: 'task-4' };
const update: Update = {
  ...{ clientId: 'north', baseRound: 4, weight: 30, metrics: {}, simulationOnly: false, spent: [] },
  payload: { layout: createLayout([{ name: 'w', shape: [2] }]), values: Float32Array.of(1, 2) },
};

describe('fileOutbox', () => {
  it('tells a damaged file, and does not use it', async () => {
    const at = folder();
    const told: FedwardError[] = [];
    const outbox = fileOutbox(at, (error) => told.push(error));
    await outbox.keep(key, { update });
    expect(await outbox.newest(key)).toBe(4);
    const path = join(at, readdirSync(at)[0]!);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(path);
    for (const at of [0, 9, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect(await outbox.find(key)).toBeUndefined();
      expect(told.pop()).toMatchObject({ code: 'CHECKPOINT_INVALID', subject: path });
    }
    await outbox.keep(key, { update });
    expect(await outbox.find(key)).toEqual({ update });
    expect(told).toEqual([]);
  });

  it('does not take a file for that of another run', async () => {
    const at = folder();
    const told: FedwardError[] = [];
    const outbox = fileOutbox(at, (error) => told.push(error));
    await outbox.keep(key, { update });
    const [own] = readdirSync(at);
    await outbox.keep({ ...key, runId: 'run-2' }, { update });
    const other = readdirSync(at).find((name) => name !== own)!;
    writeFileSync(join(at, other), readFileSync(join(at, own!)));
    expect(await outbox.find({ ...key, runId: 'run-2' })).toBeUndefined();
    expect(told).toHaveLength(1);
  });

  it('lets go what is of a run that has ended', async () => {
    const at = folder();
    const outbox = fileOutbox(at, none);
    await outbox.keep(key, { update });
    await outbox.forget(key);
    expect(await outbox.newest(key)).toBeUndefined();
    expect(readdirSync(at)).toEqual([]);
    await outbox.forget(key);
  });
});

describe('fileAnswerStore', () => {
  const answer = (changes: Partial<AnswerKey> = {}): AnswerKey => ({
    ...{ clientId: 'north', planHash: 'sha256:1', runId: 'run-1', round: 0, release: 'answer' },
    ...changes,
  });

  it('gives no round twice, and no more than the plan allows, over all processes', async () => {
    const at = folder();
    const anew = () => fileAnswerStore(at);
    expect(await anew().take(answer(), 2)).toBe(true);
    expect(await anew().take(answer(), 2)).toBe(false);
    expect(await anew().take(answer({ release: 'evaluation' }), 2)).toBe(true);
    expect(await anew().take(answer({ runId: 'run-2' }), 2)).toBe(true);
    expect(await anew().take(answer({ round: 1 }), 2)).toBe(false);
    expect(await anew().take(answer({ round: 1, planHash: 'sha256:2' }), 2)).toBe(true);
    await anew().giveBack(answer());
    expect(await anew().take(answer({ round: 1 }), 2)).toBe(true);
    await anew().giveBack(answer({ planHash: 'never' }));
  });

  it('of many at once it gives as many as there are', async () => {
    const store = fileAnswerStore(folder());
    const taken = await Promise.all(Array.from({ length: 20 }, (_, round) => store.take(answer({ round }), 7)));
    expect(taken.filter(Boolean)).toHaveLength(7);
  });
});
