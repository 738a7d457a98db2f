import assert from 'node:assert/strict';
import type { ClientStateKey, ClientStore, State } from '@fedward/core';
import { assertSame, watch } from './support/assertions.js';
import { defineSuite, type Checks, type ComplianceSuite } from './suite.js';

/** A store on trial. */
export interface ClientStoreTrial {
  readonly store: ClientStore;
  /** The same states as a new process would find them; absent for a store in memory. */
  readonly reopen?: () => Promise<ClientStore>;
  readonly cleanup?: () => Promise<void>;
}

/** What the suite needs to know of a store. */
export interface ClientStoreComplianceOptions {
  /** A new and empty store. */
  readonly create: () => Promise<ClientStoreTrial>;
}

/** What every store of clients' states must do; see `ClientStore` in core. */
export function clientStoreCompliance({ create }: ClientStoreComplianceOptions): ComplianceSuite {
  const trial =
    (check: (trial: ClientStoreTrial) => Promise<void>): Checks[string] =>
    async () => {
      const made = await create();
      try {
        await check(made);
      } finally {
        await made.cleanup?.();
      }
    };
  return defineSuite('client store', {
    'what was never saved is undefined': trial(async ({ store }) => {
      assert.equal(await store.load(key(), 0), undefined, 'an empty store has a state');
      await store.save(key(), 3, 'state');
      assert.equal(await store.load(key(), 2), undefined, 'the round before has a state');
      assert.equal(await store.load(key(), 4), undefined, 'the round after has a state');
      await store.forget(key({ runId: 'never-seen' }), 10);
    }),

    'a state is that of its own round, not of the newest': trial(async ({ store }) => {
      for (const round of [0, 3, 7]) await store.save(key(), round, { round });
      for (const round of [3, 0, 7])
        assertSame(await store.load(key(), round), { round }, `the state of round ${round}`);
    }),

    'null is a state': trial(async ({ store }) => {
      await store.save(key(), 0, null);
      assert.equal(await store.load(key(), 0), null, 'the state null');
    }),

    'a round that is saved again has the newer state': trial(async ({ store }) => {
      await store.save(key(), 2, { attempt: 1, values: Float32Array.of(1, 2, 3) });
      await store.save(key(), 2, { attempt: 2 });
      assertSame(await store.load(key(), 2), { attempt: 2 }, 'the state of a round that was run twice');
    }),

    'runs, clients and strategies do not read each other': trial(async ({ store }) => {
      const keys = neighbours();
      for (const [i, each] of keys.entries()) await store.save(each, 1, { i });
      for (const [i, each] of keys.entries())
        assertSame(await store.load(each, 1), { i }, `the state of ${JSON.stringify(each)}`);
    }),

    'a state comes back bit for bit': trial(async ({ store }) => {
      for (const [round, state] of states().entries()) await store.save(key(), round, state);
      for (const [round, state] of states().entries())
        assertSame(await store.load(key(), round), structuredClone(state), `the state of round ${round}`);
    }),

    'what is saved is a copy': trial(async ({ store }) => {
      const state = { values: Float32Array.of(1, 2, 3), list: [1, 2] };
      await store.save(key(), 0, state);
      state.values.fill(99);
      state.list.push(99);
      const expected = { values: Float32Array.of(1, 2, 3), list: [1, 2] };
      assertSame(await store.load(key(), 0), expected, 'the state, once what was saved was overwritten');
    }),

    'what is loaded is a copy': trial(async ({ store }) => {
      await store.save(key(), 0, { values: Float32Array.of(1, 2, 3) });
      const loaded = (await store.load(key(), 0)) as { values: Float32Array };
      loaded.values.fill(99);
      const expected = { values: Float32Array.of(1, 2, 3) };
      assertSame(await store.load(key(), 0), expected, 'the state, once what was loaded was overwritten');
    }),

    'saving leaves the state as it was': trial(async ({ store }) => {
      for (const state of states()) {
        const unchanged = watch('the state', state);
        await store.save(key(), 0, state);
        unchanged();
      }
    }),

    'forgetting leaves the round that is named, and those after it': trial(async ({ store }) => {
      for (const round of [0, 1, 2, 3]) await store.save(key(), round, { round });
      await store.forget(key(), 2);
      for (const round of [2, 3]) assertSame(await store.load(key(), round), { round }, `the state of round ${round}`);
    }),

    'forgetting leaves the round that is excepted': trial(async ({ store }) => {
      for (const round of [0, 1, 2, 3]) await store.save(key(), round, { round });
      await store.forget(key(), 3, 1);
      for (const round of [1, 3]) assertSame(await store.load(key(), round), { round }, `the state of round ${round}`);
    }),

    'forgetting leaves other runs, clients and strategies alone': trial(async ({ store }) => {
      for (const own of neighbours()) {
        const others = neighbours().filter((each) => JSON.stringify(each) !== JSON.stringify(own));
        for (const each of [own, ...others]) await store.save(each, 0, 'kept');
        await store.forget(own, 10);
        for (const each of others) assert.equal(await store.load(each, 0), 'kept', `that of ${JSON.stringify(each)}`);
      }
    }),

    'saves and loads at once do not mix': trial(async ({ store }) => {
      const ids = Array.from({ length: 8 }, (_, i) => `hospital-${i}`);
      await Promise.all(ids.map((clientId, i) => store.save(key({ clientId }), 0, { own: Float32Array.of(i) })));
      const loaded = await Promise.all(ids.map((clientId) => store.load(key({ clientId }), 0)));
      assertSame(
        loaded,
        ids.map((_, i) => ({ own: Float32Array.of(i) })),
        'the states of eight clients',
      );
    }),

    'another process, where there can be one, finds the states': trial(async ({ store, reopen }) => {
      if (!reopen) return;
      for (const [round, state] of states().entries()) await store.save(key(), round, state);
      await store.forget(key(), 1);
      const other = await reopen();
      for (const [round, state] of states().entries())
        if (round >= 1) assertSame(await other.load(key(), round), structuredClone(state), `that of round ${round}`);
      await other.save(key(), 0, 'anew');
      assert.equal(await other.load(key(), 0), 'anew', 'a state that the other process saved');
    }),
  });
}

const key = (changes: Partial<ClientStateKey> = {}): ClientStateKey => ({
  ...{ runId: 'run-1', clientId: 'hospital-0', strategy: 'scaffold' },
  ...changes,
});

/** Keys that a careless joining of their parts would take for each other, and names that no file system likes. */
function neighbours(): ClientStateKey[] {
  return [
    key(),
    key({ runId: 'run-2' }),
    key({ clientId: 'hospital-1' }),
    key({ strategy: 'ditto' }),
    key({ runId: 'run-1/hospital-0', clientId: 'scaffold', strategy: '' }),
    key({ runId: 'run-1', clientId: 'hospital-0/scaffold', strategy: '' }),
    key({ runId: 'run-1-hospital', clientId: '0', strategy: 'scaffold' }),
    key({ runId: 'run', clientId: '1-hospital-0', strategy: 'scaffold' }),
    key({ runId: '../run-1', clientId: 'Köln/Süd 1', strategy: 'Größe µ 東京 🏥' }),
    key({ runId: '__proto__', clientId: 'constructor', strategy: 'toString' }),
    key({ clientId: 'HOSPITAL-0' }),
  ];
}

/** All that a state is made of. */
function states(): State[] {
  return [
    null,
    'größer als 東京',
    [1, -0, 0.1, 5e-324, true, null, []],
    { single: Float32Array.of(0.1, -0, 1e-45), double: new Float64Array([7, 0.1]).subarray(1), empty: {} },
    { words: Uint32Array.of(0, 2 ** 32 - 1), bytes: Uint8Array.of(0, 255), nested: [{ deep: [[Float32Array.of(1)]] }] },
    { $tensor: 0, $number: 'NaN', ['a.b/c']: { '': 'no name' } },
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ];
}
