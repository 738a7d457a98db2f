import { describe, expect, it } from 'vitest';
import { encodeCheckpoint } from '../encoding/checkpoint.js';
import type { CheckpointStore } from '../interfaces/stores.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { examplePlan } from '../testing/plan.js';
import { essence, failingStore, federationOf, rounds } from '../testing/runs.js';
import { exampleFederation } from '../testing/fakes.js';
import { runFederation } from './run.js';

const stopAt = (last: number) => (report: { readonly round: number }) => {
  if (report.round === last) throw new Error('killed');
};

/** A store with the checkpoint that version 0.1.0 would have written: all reports in it, as JSON. */
async function asBefore(store: CheckpointStore): Promise<CheckpointStore> {
  const { state, ...rest } = (await store.load('run-1'))!;
  const { newest, reportsDigest: _, ...remembered } = state as Record<string, never>;
  void _;
  const reports = [...(await store.reports('run-1', rest.nextRound - 1)), newest];
  const old = memoryCheckpointStore();
  await old.save({ ...rest, state: { ...remembered, rounds: reports.map((report) => JSON.stringify(report)) } });
  return old;
}

describe('what a run remembers', () => {
  it('does not grow with the rounds', async () => {
    const sizes: number[] = [];
    const store = memoryCheckpointStore();
    const save: CheckpointStore['save'] = (checkpoint) => {
      sizes.push(encodeCheckpoint(checkpoint).length);
      return store.save(checkpoint);
    };
    const plan = examplePlan({ rounds: 100 });
    const { rounds: reports } = await runFederation(exampleFederation({ plan, checkpoints: { ...store, save } }));
    // A hundred reports are 15,000 bytes; what is left is a digest, and losses of more or fewer digits.
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(200);
    expect(await store.reports('run-1', 99)).toEqual(reports.slice(0, 99));
  });

  it('is read from a checkpoint of version 0.1.0, and goes on in the new form', async () => {
    const expected = essence(await runFederation(federationOf()));
    const store = memoryCheckpointStore();
    await expect(runFederation(federationOf({ checkpoints: store, onRound: stopAt(2) }))).rejects.toThrow('killed');
    const old = await asBefore(store);
    expect(essence(await runFederation(federationOf({ checkpoints: old, resume: true })))).toEqual(expected);
    expect(await old.reports('run-1', rounds - 1)).toEqual(expected.rounds.slice(0, -1));
  });

  it('is the same after a crash between a report and its checkpoint', async () => {
    const expected = essence(await runFederation(federationOf()));
    for (let stop = 1; stop <= rounds; stop++) {
      const store = memoryCheckpointStore();
      const fails = failingStore(({ nextRound }) => nextRound === stop, store);
      await expect(runFederation(federationOf({ checkpoints: fails }))).rejects.toThrow('disk full');
      // A report that the checkpoint does not count on, and which is another's.
      await store.appendReport('run-1', Math.max(0, stop - 2), { round: stop - 2, left: 'over' });
      if (stop > 1) {
        const resumed = await runFederation(federationOf({ checkpoints: store, resume: true }));
        expect(essence(resumed), `round ${stop}`).toEqual(expected);
      }
    }
  });

  it.each<[string, (store: CheckpointStore) => Promise<unknown>]>([
    ['another report', (store) => store.appendReport('run-1', 1, { round: 1, participants: ['nobody'] })],
    ['no reports', async (store) => Object.assign(store, { reports: memoryCheckpointStore().reports })],
    [
      'the reports of another run',
      async (store) => {
        const other = memoryCheckpointStore();
        const plan = examplePlan({ rounds, seed: 43 });
        await runFederation(exampleFederation({ plan, checkpoints: other }));
        Object.assign(store, { reports: other.reports });
      },
    ],
    [
      'the checkpoint of another run',
      async (store) => {
        const checkpoint = (await store.load('run-1'))!;
        Object.assign(store, { load: async () => ({ ...checkpoint, runId: 'run-0' }) });
      },
    ],
    [
      'another next round',
      async (store) => {
        const checkpoint = (await store.load('run-1'))!;
        Object.assign(store, { load: async () => ({ ...checkpoint, nextRound: 2 }) });
      },
    ],
  ])('is refused with %s', async (_, change) => {
    const store = memoryCheckpointStore();
    await expect(runFederation(federationOf({ checkpoints: store, onRound: stopAt(2) }))).rejects.toThrow('killed');
    await change(store);
    const resumed = runFederation(federationOf({ checkpoints: store, resume: true }));
    await expect(resumed).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });
});
