import { describe, expect, it } from 'vitest';
import type { TakenReport } from '../server/last-taken.js';
import { lastTaken } from '../server/last-taken.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import { memoryClientStore } from '../memory/stores.js';
import { layoutOf } from '../model/shapes.js';
import { createParameters } from '../parameters/parameters.js';
import { simulatedRandomness } from '../random/randomness.js';
import { exampleData, fakeTrainer } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { personalModelOf } from './personal-model.js';

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
