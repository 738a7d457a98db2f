import { describe, expect, it, vi } from 'vitest';
import type { TakenReport } from '../server/last-taken.js';
import { lastTaken } from '../server/last-taken.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import { memoryClientStore } from '../memory/stores.js';
import { layoutOf } from '../model/shapes.js';
import { createParameters } from '../parameters/parameters.js';
import { simulatedRandomness } from '../random/randomness.js';
import { exampleData, fakeTrainer } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { willingTrainer } from '../testing/strategies.js';
import { personalModelOf } from './personal-model.js';
import { modelOf } from './train-and-subtract.js';

const plan = examplePlan();
const sent = createParameters(layoutOf(plan.model)).values.map((_, i) => i);
const payload = createParameters(layoutOf(plan.model), sent);
/** What was sent, and what is remembered. */
const added: SiteStrategy<Float32Array> = {
  name: 'mean',
  answer: () => Promise.reject(new Error('nothing is answered')),
  personalModel: ({ state, model }) =>
    createParameters(
      model,
      sent.map((w, i) => w + (state?.[i] ?? 0)),
    ),
};
const options = () => ({
  ...{ id: 'north', plan, data: exampleData(4), trainer: fakeTrainer(), strategy: added, store: memoryClientStore() },
  randomness: simulatedRandomness(1),
});

describe('personalModelOf', () => {
  it('is made of what was sent and of what was remembered with the update that was taken last', async () => {
    const { store, ...site } = options();
    const key = { runId: 'run-1', clientId: 'north', strategy: 'mean' };
    await store.save(
      key,
      1,
      sent.map(() => 10),
    );
    await store.save(
      key,
      2,
      sent.map(() => 99),
    );
    const of = (taken: number | null) => personalModelOf({ ...site, store }, { runId: 'run-1', round: 3, payload, taken }); // prettier-ignore
    expect((await of(1)).values).toEqual(sent.map((w) => w + 10));
    expect((await of(null)).values).toEqual(sent);
    expect((await of(0)).values).toEqual(sent);
  });

  it('may be trained for it, by settings of its own: half way from what was sent to 1, and half way again', async () => {
    const train = vi.fn(willingTrainer().train);
    const batches = { kind: 'steps', size: 2, steps: 3 } as const;
    const tuned: SiteStrategy<Float32Array> = {
      ...added,
      personalModel: async ({ sent, trainHere }) =>
        (await trainHere((await trainHere(modelOf(sent))).payload, { frozen: ['0.dense.bias'] }, { batches })).payload,
    };
    const site = { ...options(), trainer: willingTrainer({ train }), strategy: tuned };
    const at = { runId: 'run-1', round: 1, payload, taken: null };
    const { values } = await personalModelOf(site, at);
    const half = sent.map((w) => (w + 1) / 2);
    expect(values).toEqual(half.map((w, i) => (i < 6 ? (w + 1) / 2 : w))); // the bias was not trained again
    const [first, second] = train.mock.calls.map(([, data, context]) => ({ data, ...context }));
    expect(first!.plan.training).toEqual(plan.training);
    expect(second!.plan.training).toEqual({ ...plan.training, batches });
    for (const { data, round, clientId } of [first!, second!])
      expect({ count: data.count, round, clientId }).toEqual({ count: 4, round: 1, clientId: 'north' });
    expect(second!.random.key()).not.toEqual(first!.random.key());
    expect(plan).toEqual(examplePlan()); // the settings were of that training alone
    expect((await personalModelOf(site, at)).values).toEqual(values);
  });

  it('is of no other layout than the plan’s, and fails with the training that it needs', async () => {
    const at = { runId: 'run-1', round: 0, payload, taken: null };
    const small = createParameters(layoutOf({ ...plan.model, layers: [{ type: 'dense', units: 3, bias: true }] }));
    const other: SiteStrategy<Float32Array> = { ...added, personalModel: () => Promise.resolve(small) };
    const misshapen = personalModelOf({ ...options(), strategy: other }, at);
    await expect(misshapen).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '0.dense.kernel' });
    const wishing: SiteStrategy<Float32Array> = {
      ...added,
      personalModel: async ({ sent, trainHere }) => (await trainHere(modelOf(sent), { proximalMu: 1 })).payload,
    };
    const made = personalModelOf({ ...options(), strategy: wishing }, at);
    await expect(made).rejects.toThrow('asks for proximal-term, which trainer fake does not provide');
  });

  it('is what was sent where the strategy makes none', async () => {
    const { strategy: _, ...site } = options();
    expect(await personalModelOf(site, { runId: 'run-1', round: 0, payload, taken: null })).toEqual(payload);
  });

  it('refuses a site without a trainer', async () => {
    const { trainer: _, ...site } = options();
    const made = personalModelOf(site, { runId: 'run-1', round: 0, payload, taken: null });
    await expect(made).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'trainer' });
  });
});

describe('lastTaken', () => {
  const report = (round: number, changes: Partial<TakenReport> = {}): TakenReport => ({
    ...{ round, participants: ['north', 'south'], leftOut: [], stale: [] },
    ...changes,
  });

  it('is the newest round whose update counted, of the round that it was asked for in', () => {
    expect(lastTaken([report(0), report(1)], 'north')).toBe(1);
    expect(lastTaken([report(0), report(1, { participants: ['south'] })], 'north')).toBe(0);
    expect(lastTaken([report(0), report(1, { leftOut: [{ id: 'north', reason: 'far' }] })], 'north')).toBe(0);
    expect(lastTaken([report(0), report(3, { stale: [{ id: 'north', baseRound: 1 }] })], 'north')).toBe(1);
    expect(lastTaken([report(0)], 'west')).toBe(null);
  });
});
