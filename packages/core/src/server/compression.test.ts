import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Compression } from '../interfaces/compression.js';
import type { Update } from '../interfaces/messages.js';
import { memoryCheckpointStore, memoryClientStore } from '../memory/stores.js';
import { inMemoryTransport } from '../memory/transport.js';
import { createTensors, type TensorsForm } from '../parameters/parameters.js';
import { planHash } from '../plan/plan.js';
import { fakeCompression, type Rest } from '../testing/compression.js';
import { exampleFederation, exampleSite, exampleSites, exampleTask, fakeTrainer, meanAggregator, neverFired } from '../testing/fakes.js'; // prettier-ignore
import { examplePlan } from '../testing/plan.js';
import { exampleQueryPlan, momentsForm, queryFederation, querySites } from '../testing/queries.js';
import { essence } from '../testing/runs.js';
import { answering } from '../testing/transports.js';
import type { Federation } from './federation.js';
import { runFederation } from './run.js';

const plan = examplePlan({ compression: { name: 'halves' } });
type Changes = Partial<Federation<{ values: Float32Array; rounds: number }>>;
const federationWith = (compression: Compression<Rest> = fakeCompression(), changes: Changes = {}) =>
  exampleFederation({
    ...{ plan, compression, transport: inMemoryTransport(exampleSites(plan, { compression })) },
    ...changes,
  });
/** The first hospital's updates, changed on their way. */
const hostile = (change: (update: Update) => Update, onInvalidUpdate: 'drop' | 'fail') => {
  const compression = fakeCompression();
  const strict = examplePlan({ compression: { name: 'halves' }, onInvalidUpdate });
  const sites = inMemoryTransport(exampleSites(strict, { compression }));
  const transport = answering(sites, async (id, _task, _signal, pass) =>
    id === 'hospital-1' ? change(await pass()) : pass(),
  );
  return runFederation(federationWith(compression, { plan: strict, transport }));
};
const withValues = (values: (update: Update) => Update['payload']['values']) => (update: Update) => ({
  ...update,
  payload: { ...update.payload, values: values(update) },
});

describe('a run with compression', () => {
  it('sums what was expanded: what is left out of all updates is all that it differs by', async () => {
    const plain = await runFederation(exampleFederation());
    const { model, rounds } = await runFederation(federationWith());
    expect(model.values).not.toEqual(plain.model.values);
    model.values.forEach((x, i) => expect(Math.abs(x - plain.model.values[i]!)).toBeLessThan(0.5));
    expect(rounds.map(({ participants }) => participants.length)).toEqual([3, 3, 3, 3]);
  });

  it('counts the bytes that arrive, and those that go out', async () => {
    const half: Compression<Rest> = fakeCompression({
      form: ({ layout }) => ({ layout: { size: 4, tensors: [{ name: 'four', shape: [4], offset: 0, size: 4 }] }, element: layout.size === 8 ? 'u32' : 'f64' }), // prettier-ignore
      compress: () => ({ payload: createTensors(half.form({ layout: plain.layout, element: 'f32' })) }),
      expand: (_, update) => createTensors(update),
    });
    const plain = exampleTask().payload;
    const { rounds } = await runFederation(federationWith(half));
    expect(rounds.map(({ bytes }) => bytes)).toEqual(
      Array(4).fill({ sent: 3 * 32, received: 3 * 16, uncompressed: 3 * 32 }),
    );
  });

  it('is resumed to the same bits, from what the sites remember', async () => {
    const expected = essence(await runFederation(federationWith()));
    for (let stop = 0; stop < plan.rounds; stop++) {
      const compression = fakeCompression();
      const checkpoints = memoryCheckpointStore();
      const store = memoryClientStore();
      const transport = () => inMemoryTransport(exampleSites(plan, { compression, store }));
      const killed = runFederation(
        federationWith(compression, {
          ...{ checkpoints, transport: transport() },
          onRound: ({ round }) => {
            if (round === stop) throw new Error('killed');
          },
        }),
      );
      await expect(killed).rejects.toThrow('killed');
      const resumed = await runFederation(federationWith(compression, { checkpoints, resume: true, transport: transport() })); // prettier-ignore
      expect(essence(resumed), `stopped after round ${stop}`).toEqual(expected);
    }
  });

  it('hands sums of a query back as they were', async () => {
    const compression = fakeCompression();
    const query = exampleQueryPlan({ compression: { name: 'halves' } });
    const transport = inMemoryTransport(querySites(query, { compression }));
    const { model } = await runFederation(queryFederation({ plan: query, transport, compression }));
    expect([...model.values]).toEqual([60, 140, 360]); // 10, 20 and 30 records of 1, 2 and 3
    expect(model.layout).toEqual(momentsForm.layout);
  });
});

describe("an update that can't be expanded", () => {
  it.each<[string, string, (update: Update) => Update]>([
    ['is of too few words', 'UPDATE_INVALID', withValues(({ payload }) => payload.values.slice(1))],
    ['is of other numbers', 'UPDATE_INVALID', withValues(({ payload }) => Float32Array.from(payload.values))],
    ['has words that nothing stands for', 'UPDATE_INVALID', withValues(({ payload }) => payload.values.map(() => 2 ** 32 - 1) as Uint32Array)], // prettier-ignore
    ['was not made smaller', 'UPDATE_INVALID', (update) => ({ ...update, payload: exampleTask().payload })],
  ])('is dropped, and named, where it %s', async (_, code, change) => {
    const { rounds } = await hostile(change, 'drop');
    expect(rounds[0]!.participants).toEqual(['hospital-2', 'hospital-3']);
    expect(rounds[0]!.dropped).toMatchObject([{ id: 'hospital-1', code }]);
    await expect(hostile(change, 'fail')).rejects.toMatchObject({ code, subject: 'hospital-1' });
  });

  const bad = (expand: Compression<Rest>['expand']) => {
    const atSites = fakeCompression();
    return runFederation(
      federationWith(fakeCompression({ expand }), {
        transport: inMemoryTransport(exampleSites(plan, { compression: atSites })),
      }),
    );
  };
  it.each<[string, string, Compression<Rest>['expand']]>([
    ['NaN', 'UPDATE_NOT_FINITE', (_, update) => ({ ...createTensors(update), values: new Float32Array(8).fill(NaN) })],
    ['a value beyond any change', 'UPDATE_INVALID', (_, update) => ({ ...createTensors(update), values: new Float32Array(8).fill(2 ** 41) })], // prettier-ignore
    ['a value too few', 'UPDATE_INVALID', (_, { layout }) => ({ layout, values: new Float32Array(7) })],
    ['float64', 'UPDATE_INVALID', (_, { layout }) => createTensors({ layout, element: 'f64' })],
    ['what was sent', 'UPDATE_INVALID', (payload) => payload],
    ['an error of its own', 'UPDATE_INVALID', () => { throw new TypeError('x is undefined'); }], // prettier-ignore
  ])('fails the round where it expands to %s', async (_, code, expand) => {
    await expect(bad(expand)).rejects.toMatchObject({ code, subject: 'hospital-1' });
  });
});

describe('a site that makes its updates smaller', () => {
  const rest = async (store: ReturnType<typeof memoryClientStore>, round: number) =>
    ((await store.load({ runId: 'run-1', clientId: 'a', strategy: 'compression halves' }, round)) as Rest).rest[0]!;
  // Moves by 0.3 in each round: half of it is 0.5, which is sent once it is owed.
  const trainer = fakeTrainer({
    train: async (payload) => ({
      payload: { ...payload, values: payload.values.map((x) => x + 0.3) },
      ...{ steps: 1, metrics: {} },
    }),
  });

  it('builds upon what was taken: an answer that was lost has left nothing out', async () => {
    const store = memoryClientStore();
    const site = exampleSite('a', { plan, trainer, store, compression: fakeCompression() });
    const restAfter = async (round: number, taken: number | null) => {
      await site.answer(exampleTask({ planHash: planHash(plan), round, taken }), neverFired);
      return rest(store, round);
    };
    expect(await restAfter(0, null)).toBeCloseTo(0.3, 6);
    expect(await restAfter(1, null)).toBeCloseTo(0.3, 6); // that of round 0 was lost
    expect(await restAfter(2, 1)).toBeCloseTo(0.1, 6); // 0.6, of which 0.5 is sent
    expect(await restAfter(3, 1)).toBeCloseTo(0.1, 6);
  });

  it('says that its training has diverged as it does without', async () => {
    const diverged = fakeTrainer({
      train: async (payload) => ({ payload: { ...payload, values: payload.values.map(() => NaN) }, steps: 1, metrics: {} }), // prettier-ignore
    });
    const site = exampleSite('a', { plan, trainer: diverged, compression: fakeCompression() });
    await expect(site.answer(exampleTask({ planHash: planHash(plan) }), neverFired)).rejects.toMatchObject({
      ...{ code: 'UPDATE_NOT_FINITE', subject: 'a' },
      message: expect.stringContaining('a smaller learning rate may help') as string,
    });
  });
});

describe('a compression is refused before round 0', () => {
  const code = 'CONFIG_INCOMPATIBLE';
  const mechanism = (changes: object) => ({ name: 'words', requires: [], ...changes });
  const withMechanism = examplePlan({ compression: { name: 'halves' }, privacy: { mechanisms: [{ name: 'words' }] } });

  it('where the plan names another, or none', async () => {
    for (const other of [examplePlan(), examplePlan({ compression: { name: 'other' } })]) {
      await expect(runFederation(federationWith(fakeCompression(), { plan: other }))).rejects.toMatchObject({ code });
      expect(() => exampleSite('a', { plan: other, compression: fakeCompression() })).toThrow(expect.objectContaining({ code })); // prettier-ignore
    }
    expect(() => exampleSite('a', { plan })).toThrow(expect.objectContaining({ code, subject: 'compression' }));
  });

  it.each([
    [
      'turns updates into what only it can read',
      mechanism({ form: (form: TensorsForm) => form, requires: ['sum-only'], removes: ['individual-updates'] }),
    ],
    ['needs what it takes away', mechanism({ requires: ['plain-changes'] })],
  ])('beside a mechanism that %s', async (_, given) => {
    const changes = { mechanisms: [given], plan: withMechanism };
    const compression = fakeCompression();
    await expect(runFederation(federationWith(compression, changes))).rejects.toMatchObject({ code });
    expect(() => exampleSite('a', { ...changes, compression })).toThrow(
      expect.objectContaining({
        code,
        subject: 'compression',
        message: expect.stringMatching(/words.*halves/) as string,
      }),
    );
  });

  it('beside an aggregator that needs what it takes away', async () => {
    const aggregator = meanAggregator({ requires: ['plain-changes'] });
    await expect(runFederation(federationWith(fakeCompression(), { aggregator }))).rejects.toMatchObject({ code });
  });

  it('where it refuses the plan itself', async () => {
    const validate = () => {
      throw new FedwardError(code, 'not under this plan', 'compression');
    };
    await expect(runFederation(federationWith(fakeCompression(), { compression: fakeCompression({ validate }) }))).rejects.toThrow('not under this plan'); // prettier-ignore
  });
});
