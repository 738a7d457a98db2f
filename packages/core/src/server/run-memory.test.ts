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

  it.each(['ledgers', 'ledgers, with the list of reports'])('of version 0.1 (%s) is refused by name', async (kind) => {
    const { planHash } = await runFederation(federationOf());
    const store = memoryCheckpointStore();
    const lists = kind === 'ledgers' ? { rounds: ['{"round":0}'] } : { newest: { round: 0 }, reportsDigest: '' };
    const state = { aggregator: {}, mechanisms: {}, weights: {}, ledgers: {}, simulationOnly: true, ...lists };
    await store.save({ runId: 'run-1', planHash, nextRound: 1, state });
    const resumed = runFederation(federationOf({ checkpoints: store, resume: true }));
    await expect(resumed).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'resume' });
    await expect(resumed).rejects.toThrow('run run-1 was begun by version 0.1 of core');
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
