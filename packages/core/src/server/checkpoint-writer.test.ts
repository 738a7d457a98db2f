import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { CheckpointStore } from '../interfaces/stores.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { meanAggregator } from '../testing/fakes.js';
import { federationOf } from '../testing/runs.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { RunMemory } from './run-memory.js';
import { runFederation } from './run.js';

const remembered = { aggregator: null, mechanisms: {}, taken: new Map(), spent: {}, simulationOnly: true, done: null };

/** A store that writes when it is told to. */
function slowStore() {
  const waiting: { write: () => void; fail: (error: unknown) => void }[] = [];
  const saved: boolean[] = [];
  const store: CheckpointStore = {
    ...memoryCheckpointStore(),
    save: ({ charged = false }) =>
      new Promise((resolve, fail) => waiting.push({ write: () => (saved.push(charged), resolve()), fail })),
  };
  return { store, waiting, saved };
}
const writerOf = (repeatable: boolean) => {
  const slow = slowStore();
  return { ...slow, writer: new CheckpointWriter(new RunMemory<null>('run-1', 'h', slow.store), repeatable) };
};
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  const done = vi.fn();
  promise.then(done, done);
  await sleep(1);
  return done.mock.calls.length > 0;
};

describe('when checkpoints are written', () => {
  it('of a run that repeats itself: while the next round runs, one at a time', async () => {
    const { writer, waiting } = writerOf(true);
    expect(await settled(writer.afterRound(remembered, false))).toBe(true);
    const next = writer.afterRound(remembered, false);
    expect(await settled(next)).toBe(false);
    waiting[0]!.write();
    expect(await settled(next)).toBe(true);
  });

  it.each([
    ['of a run that does not', false, false],
    ['after the last round', true, true],
  ])('%s: before anything goes on', async (_, repeatable, last) => {
    const { writer, waiting } = writerOf(repeatable);
    const writing = writer.afterRound(remembered, last);
    expect(await settled(writing)).toBe(false);
    waiting[0]!.write();
    expect(await settled(writing)).toBe(true);
  });

  it('with charges: before anything is sent', async () => {
    const { writer, waiting, saved } = writerOf(false);
    const charging = writer.charged(remembered);
    expect(await settled(charging)).toBe(false);
    waiting[0]!.write();
    await charging;
    expect(saved).toEqual([true]);
  });

  it('a failure on the way is told after the next round, and leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { writer, waiting } = writerOf(true);
    await writer.afterRound(remembered, false);
    waiting[0]!.fail(new FedwardError('STORAGE_FAILED', 'disk full'));
    await sleep(2);
    await expect(writer.afterRound(remembered, false)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('a run that ends', () => {
  it('by a failure leaves no writer behind: whoever resumes it is alone', async () => {
    const { store, waiting } = slowStore();
    const onRound = () => {
      throw new Error('killed');
    };
    const run = runFederation(federationOf({ checkpoints: store, onRound }));
    run.catch(() => undefined);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    expect(await settled(run)).toBe(false);
    waiting[0]!.write();
    await expect(run).rejects.toThrow('killed');
  });

  it('by an evaluation that throws at once leaves no rejection of its checkpoint unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const store = { ...memoryCheckpointStore(), save: () => Promise.reject(new Error('disk full')) };
    const evaluate = () => {
      throw new Error('no memory');
    };
    await expect(runFederation(federationOf({ checkpoints: store, evaluate }))).rejects.toThrow();
    await sleep(2);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('has its checkpoint before the next round where sites remember: they let go of what came before it', async () => {
    const { store, waiting } = slowStore();
    const asked: number[] = [];
    const aggregator = meanAggregator({ strategy: 'train-and-subtract', instruct: (state, { round }) => (asked.push(round), meanAggregator().instruct(state, undefined as never)) }); // prettier-ignore
    const run = runFederation(federationOf({ checkpoints: store, aggregator }));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    await sleep(2);
    expect(asked).toEqual([0]);
    for (let i = 0; i < 5; i++) {
      await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(i));
      waiting[i]!.write();
    }
    await run;
    expect(asked).toEqual([0, 1, 2, 3, 4]);
  });
});
