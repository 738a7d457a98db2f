import assert from 'node:assert/strict';
import { isFedwardError, type Checkpoint, type CheckpointStore, type Json, type State } from '@fedward/core';
import { assertSame, refuses, rejects, watch, within } from './support/assertions.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** A store, and what the suite can do to it from outside. */
export interface CheckpointStoreUnderTest {
  readonly store: CheckpointStore;
  /** The same store as another process finds it; absent where it does not outlive its process. */
  reopen?(): Promise<CheckpointStore>;
  /** Changes one byte of what is stored of a run; absent where nobody can. */
  damage?(runId: string): Promise<void>;
  cleanup?(): Promise<void>;
}

/** What the suite needs to know of a checkpoint store. */
export interface CheckpointStoreComplianceOptions {
  /** A new, empty store. */
  readonly create: () => Promise<CheckpointStoreUnderTest>;
}

/** What every checkpoint store must do; see `CheckpointStore` in core. */
export function checkpointStoreCompliance({ create }: CheckpointStoreComplianceOptions): ComplianceSuite {
  const using =
    (use: (store: CheckpointStore, under: CheckpointStoreUnderTest) => Promise<void>) => async (): Promise<void> => {
      const under = await create();
      try {
        await within(30, 'the check', use(under.store, under));
      } finally {
        await under.cleanup?.();
      }
    };
  const holds = async (store: CheckpointStore, expected: Checkpoint): Promise<void> =>
    assertSame(await store.load(expected.runId), expected, `the checkpoint of ${expected.runId}`);

  return defineSuite('checkpoint store', {
    'a run that was never saved has no checkpoint': using(async (store) => {
      assert.equal(await store.load('run-1'), undefined, 'load of an unknown run');
      await store.save(checkpoint('run-1', 1));
      assert.equal(await store.load('run-2'), undefined, 'load of an unknown run, another being saved');
    }),

    'what is saved is loaded bit for bit': using(async (store) => {
      for (const [i, state] of states().entries()) {
        const saved = checkpoint(`run-${i}`, i, state);
        await store.save(structuredClone(saved));
        await holds(store, saved);
      }
    }),

    'a view into a larger array is saved as the view alone': using(async (store) => {
      const large = Float32Array.from({ length: 10 }, (_, i) => i);
      await store.save(checkpoint('run-1', 1, { weights: large.subarray(3, 6) }));
      await holds(store, checkpoint('run-1', 1, { weights: Float32Array.of(3, 4, 5) }));
    }),

    'the newest checkpoint wins': using(async (store) => {
      for (const round of [1, 2, 10]) await store.save(checkpoint('run-1', round));
      await holds(store, checkpoint('run-1', 10));
    }),

    'a smaller checkpoint leaves nothing of a larger one': using(async (store) => {
      await store.save(checkpoint('run-1', 1, { momentum: new Float64Array(5000).fill(1), more: [1, 2, 3] }));
      const small = checkpoint('run-1', 2, { momentum: null });
      await store.save(small);
      await holds(store, small);
    }),

    'two runs are kept apart': using(async (store) => {
      const [one, two] = [checkpoint('run-1', 5), checkpoint('run-2', 3)];
      await store.save(one);
      await store.save(two);
      await holds(store, one);
      await holds(store, two);
    }),

    'run ids that are odd as file names are kept apart or refused': using(async (store) => {
      const ids = [
        'a/b',
        'a_b',
        'a%2Fb',
        '../a',
        'a',
        'A',
        'a b',
        '.',
        '..',
        'ü',
        'a\\b',
        'a:b',
        'a.tmp',
        'x'.repeat(300),
      ];
      const saved: Checkpoint[] = [];
      for (const [i, runId] of ids.entries()) {
        const one = checkpoint(runId, i + 1);
        try {
          await store.save(one);
          saved.push(one);
        } catch (error) {
          assert.ok(isFedwardError(error), `run id ${runId}: refused by ${String(error)}, not by a FedwardError`);
        }
      }
      for (const one of saved) await holds(store, one);
    }),

    'a checkpoint changed after it was saved is loaded as it was': using(async (store) => {
      const given = checkpoint('run-1', 1);
      const saved = structuredClone(given);
      await store.save(given);
      overwrite(given);
      await holds(store, saved);
    }),

    'a loaded checkpoint is a copy': using(async (store) => {
      const saved = checkpoint('run-1', 1);
      await store.save(structuredClone(saved));
      overwrite((await store.load('run-1'))!);
      await holds(store, saved);
    }),

    'save does not change its checkpoint': using(async (store) => {
      const given = checkpoint('run-1', 1);
      const unchanged = watch('the checkpoint', given);
      await store.save(given);
      unchanged();
    }),

    'a store that outlives its process still has the checkpoint': using(async (store, { reopen }) => {
      const saved = checkpoint('run-1', 4);
      await store.save(saved);
      if (reopen) await holds(await reopen(), saved);
    }),

    'a damaged checkpoint is CHECKPOINT_INVALID, where it can be damaged': using(async (store, { damage }) => {
      await store.save(checkpoint('run-1', 4));
      await store.save(checkpoint('run-2', 4));
      if (!damage) return;
      await damage('run-1');
      await refuses('CHECKPOINT_INVALID', 'load of a damaged checkpoint', () => store.load('run-1'));
      await holds(store, checkpoint('run-2', 4));
    }),

    'reports come back as they were appended, with and without a checkpoint': using(async (store) => {
      await appendAll(store, 'run-1', reports);
      assertSame(await store.reports('run-1', reports.length), reports, 'the reports');
      assert.equal(await store.load('run-1'), undefined, 'the checkpoint of a run of which only reports are kept');
      await store.save(checkpoint('run-1', reports.length, null));
      assertSame(await store.reports('run-1', reports.length), reports, 'the reports after a checkpoint');
    }),

    'no more reports are given than were asked for': using(async (store) => {
      assertSame(await store.reports('run-1', 0), [], 'no reports of an unknown run');
      await appendAll(store, 'run-1', reports);
      assertSame(await store.reports('run-1', 2), reports.slice(0, 2), 'two reports of more');
      assertSame(await store.reports('run-1', 0), [], 'no reports');
    }),

    'fewer reports than were asked for are CHECKPOINT_INVALID': using(async (store) => {
      await appendAll(store, 'run-1', reports);
      for (const [runId, count] of [['run-1', reports.length + 1] as const, ['run-2', 1] as const])
        await refuses('CHECKPOINT_INVALID', `${count} reports of ${runId}`, () => store.reports(runId, count));
    }),

    'a report takes the place of the one of its round and of all later ones': using(async (store) => {
      await appendAll(store, 'run-1', reports);
      await store.appendReport('run-1', 1, 'anew');
      assertSame(await store.reports('run-1', 2), [reports[0], 'anew'], 'the reports');
      await refuses('CHECKPOINT_INVALID', 'a later report', () => store.reports('run-1', 3));
      await store.appendReport('run-1', 2, 'next');
      assertSame(await store.reports('run-1', 3), [reports[0], 'anew', 'next'], 'the reports');
    }),

    'a report without the one before it is refused': using(async (store) => {
      await refuses('ARGUMENT_INVALID', 'a second report first', () => store.appendReport('run-1', 1, 'second'));
      await appendAll(store, 'run-1', reports);
      for (const round of [reports.length + 1, -1, 0.5])
        await refuses('ARGUMENT_INVALID', `round ${round}`, () => store.appendReport('run-1', round, 'none'));
      assertSame(await store.reports('run-1', reports.length), reports, 'the reports after a refusal');
    }),

    'reports of two runs are kept apart': using(async (store) => {
      await appendAll(store, 'run-1', reports);
      await appendAll(store, 'run-2', ['other']);
      assertSame(await store.reports('run-1', reports.length), reports, 'the reports of run-1');
      assertSame(await store.reports('run-2', 1), ['other'], 'the reports of run-2');
    }),

    'a report is a copy, in and out': using(async (store) => {
      const report = { metrics: { accuracy: 0.5 } };
      await store.appendReport('run-1', 0, report);
      report.metrics.accuracy = 1;
      const [found] = (await store.reports('run-1', 1)) as [typeof report];
      assertSame(found, { metrics: { accuracy: 0.5 } }, 'a report that was changed after it was appended');
      found.metrics.accuracy = 2;
      assertSame(await store.reports('run-1', 1), [{ metrics: { accuracy: 0.5 } }], 'a report that was changed');
    }),

    'a store that outlives its process still has the reports, and goes on with them': using(
      async (store, { reopen }) => {
        await appendAll(store, 'run-1', reports);
        if (!reopen) return;
        const again = await reopen();
        assertSame(await again.reports('run-1', reports.length), reports, 'the reports');
        await again.appendReport('run-1', reports.length, 'one more');
        assertSame(await again.reports('run-1', reports.length + 1), [...reports, 'one more'], 'the reports');
      },
    ),

    'saves at once leave one of them, whole': using(async (store) => {
      const all = Array.from({ length: 8 }, (_, i) => checkpoint('run-1', i + 1));
      await Promise.all(all.map((one) => store.save(one)));
      const loaded = await store.load('run-1');
      assert.ok(loaded, 'there is no checkpoint');
      const match = all.find(({ nextRound }) => nextRound === loaded.nextRound);
      assertSame(loaded, match, 'the checkpoint after eight saves at once');
    }),

    'saves of several runs at once keep them all': using(async (store) => {
      const all = Array.from({ length: 8 }, (_, i) => checkpoint(`run-${i}`, i + 1));
      await Promise.all(all.map((one) => store.save(one)));
      for (const one of all) await holds(store, one);
    }),

    'until a save is done, the old checkpoint is there, whole': using(async (store) => {
      const [old, young] = [1, 2].map((round) =>
        checkpoint('run-1', round, { weights: new Float32Array(300_000).fill(round), round }),
      ) as [Checkpoint, Checkpoint];
      await store.save(old);
      let done = false;
      const saving = store.save(young).finally(() => (done = true));
      while (!done) {
        const loaded = await store.load('run-1');
        assert.ok(loaded, 'while a save was under way, there was no checkpoint at all');
        assertSame(loaded, loaded.nextRound === 1 ? old : young, 'the checkpoint loaded while a save was under way');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await saving;
      await holds(store, young);
    }),

    'a save that fails leaves the old checkpoint': using(async (store) => {
      const old = checkpoint('run-1', 1);
      await store.save(old);
      const unreadable = Object.defineProperty({ weights: Float32Array.of(9) }, 'zz', {
        enumerable: true,
        get: () => {
          throw new Error('this member can not be read');
        },
      });
      await rejects('a state that can not be read', () => store.save(checkpoint('run-1', 2, unreadable as State)));
      await holds(store, old);
      const young = checkpoint('run-1', 3);
      await store.save(young);
      await holds(store, young);
    }),
  });
}

const reports: readonly Json[] = [
  { round: 0, participants: ['Köln "\\\n\u2028'], trainLoss: 1 / 3, metrics: {} },
  { round: 1, participants: [], trainLoss: null, epsilon: 5e-324 },
  null,
  'x'.repeat(10_000),
];

async function appendAll(store: CheckpointStore, runId: string, all: readonly Json[]): Promise<void> {
  for (const [round, report] of all.entries()) await store.appendReport(runId, round, report);
}

function checkpoint(runId: string, nextRound: number, state: State = modelState(nextRound)): Checkpoint {
  return { runId, planHash: 'sha256:00', nextRound, state };
}

const modelState = (round: number): State => ({
  parameters: Float32Array.of(round, 0.5, -2),
  momentum: Float64Array.of(0.25, round),
  ledgers: { 'hospital-0': { type: 'repeated', count: round } },
});

const states = (): State[] => [
  null,
  true,
  'Köln "\\\n\u2028',
  1 / 3,
  [],
  {},
  Float32Array.of(0.1, -0, 1e-45, 3.4028234663852886e38),
  Float64Array.of(Math.PI, -0, 5e-324, 2 ** 53 + 2),
  new Float32Array(0),
  [Float32Array.of(1), [Float64Array.of(2), [null, false, 'x', { deep: [Float32Array.of(3)] }]]],
  { b: 1, a: { '': Float32Array.of(1, 2), '0': 'x', 'with space': [[]] } },
  { $tensor: 0, weights: Float32Array.of(7) }, // no member name means something else
  modelState(1),
];

function overwrite({ state }: Checkpoint): void {
  const { parameters, ledgers } = state as { parameters: Float32Array; ledgers: Record<string, State> };
  parameters.fill(99);
  ledgers['hospital-0'] = 'overwritten';
}
