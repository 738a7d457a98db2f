import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../interfaces/aggregator.js';
import type { PrivacyMechanism, Released, SiteContext } from '../interfaces/privacy.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { createLayout, shapesOf, type TensorsForm } from '../parameters/parameters.js';
import { exampleFederation, exampleLayout, exampleSites, meanAggregator } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { runFederation } from './run.js';

const plan = examplePlan({ privacy: { mechanisms: [{ name: 'words' }] } });
/** Fixed point: 2^-20 of a weight is one. */
const scale = 2 ** 20;

/** Sends whole numbers of 32 bits, weights folded in, and one word more than there are parameters: the weight. */
function words(changes: Partial<PrivacyMechanism> = {}): PrivacyMechanism {
  return {
    name: 'words',
    requires: ['sum-only'],
    removes: ['individual-updates'],
    form: ({ layout }): TensorsForm => ({
      layout: createLayout([...shapesOf(layout), { name: 'weight', shape: [1] }]),
      element: 'u32',
    }),
    onClient(update) {
      const { layout, values } = update.payload;
      const form = words().form!({ layout, element: 'f32' });
      const sent = Uint32Array.from([...values, 1], (x) => Math.round((x * update.weight * scale) / 60));
      return { ...update, weight: 1, metrics: {}, payload: { layout: form.layout, values: sent } };
    },
    onRelease({ payload, count }) {
      const reals = Float64Array.from(payload, (word) => ((word | 0) / scale) * 60);
      return { payload: reals.subarray(0, -1), divisor: reals.at(-1)!, count };
    },
    ...changes,
  };
}

const runOf = (mechanism: PrivacyMechanism, aggregator = meanAggregator()) => {
  const mechanisms = [mechanism];
  const transport = inMemoryTransport(exampleSites(plan, { mechanisms }));
  return runFederation(exampleFederation({ plan, mechanisms, transport, aggregator }));
};

describe('updates that a mechanism turns into another form', () => {
  it('are added up by core, and the aggregator is given what the release makes of the sum', async () => {
    const plain = await runFederation(exampleFederation());
    const own = meanAggregator({
      reduce: () => {
        throw new Error('it can not read words');
      },
    });
    const { model, rounds } = await runOf(words(), own);
    // A value of each of three sites is rounded by half a step, and so is each of their weights, of 60 together.
    const bound = (plan.rounds * 3 * 4) / scale;
    model.values.forEach((x, i) => expect(Math.abs(x - plain.model.values[i]!)).toBeLessThan(bound));
    expect(rounds.map(({ participants }) => participants.length)).toEqual([3, 3, 3, 3]);
  });

  it('of another form than the mechanism says are refused', async () => {
    const lazy = words({ onClient: (update) => update });
    await expect(runOf(lazy)).rejects.toMatchObject({ code: 'UPDATE_INVALID', subject: 'hospital-1' });
  });

  it.each<[string, string, (sum: Aggregate) => Aggregate]>([
    ['with a value too many', 'payload', (sum) => ({ ...sum, divisor: 1 })],
    ['with a value too few', 'payload', ({ payload, ...sum }) => ({ ...sum, payload: payload.subarray(0, 7) })],
    ['that nothing divides', 'divisor', ({ payload, ...sum }) => ({ ...sum, payload: payload.subarray(0, 8), divisor: 0 })], // prettier-ignore
  ])('fail the round where the sum comes back %s', async (_, subject, onRelease) => {
    await expect(runOf(words({ onRelease }))).rejects.toMatchObject({ code: 'UPDATE_INVALID', subject });
  });

  it('are refused before round 0 beside an aggregator that a sum is not enough for', async () => {
    const own = meanAggregator({ provides: ['bounded-sensitivity'] });
    await expect(runOf(words(), own)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
  });
});

it('what a mechanism tells of its release is in the report and in the log, before the model moves', async () => {
  const mechanisms = [
    words({
      onRelease: (sum) => ({ ...words().onRelease!(sum, {} as never), told: { recovered: ['b'] } }) as Released,
    }),
  ];
  const audit = memoryAuditSink();
  const order: string[] = [];
  const own = meanAggregator();
  const aggregator = meanAggregator({ apply: (...given) => (order.push('apply'), own.apply(...given)) });
  const append: typeof audit.append = (event) => (order.push(event.type), audit.append(event));
  const transport = inMemoryTransport(exampleSites(plan, { mechanisms }));
  const federation = exampleFederation({ plan, mechanisms, transport, aggregator, audit: { ...audit, append } });
  const { rounds } = await runFederation(federation);
  expect(rounds.map(({ told }) => told)).toEqual(Array(4).fill({ words: { recovered: ['b'] } }));
  expect(audit.events.filter(({ type }) => type === 'release').map(({ round, details }) => [round, details])).toEqual(
    rounds.map(({ round, told }) => [round, told]),
  );
  expect(order.slice(0, 5)).toEqual(['run-start', 'round-start', 'aggregation', 'release', 'apply']);
  const silent = await runOf(words());
  expect(silent.rounds[0]).not.toHaveProperty('told');
});

it('a mechanism at a site sees what was sent to it', async () => {
  const seen: SiteContext['sent'][] = [];
  const models: number[] = [];
  const own = meanAggregator();
  const aggregator = meanAggregator({
    instruct: (state, context) => {
      models.push(state.values[0]!);
      return own.instruct(state, context);
    },
  });
  const looking = words({
    onClient: (update, context) => (seen.push(context.sent), words().onClient!(update, context)),
  });
  await runOf(looking, aggregator);
  expect(new Set(models).size).toBe(plan.rounds);
  expect(seen.map(({ values }) => values[0])).toEqual(models.flatMap((first) => [first, first, first]));
  expect(seen[0]!.layout).toEqual(exampleLayout);
});
