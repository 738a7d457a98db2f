import {
  createLayout,
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  parsePlan,
  parseQueryPlan,
  PluginRegistry,
  Random,
  runFederation,
  type Aggregator,
  type Client,
  type RoundContext,
  type TrainingData,
  type Update,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { siteOf } from './fedavg.js';
import { fedAvg, fedProx, plugins } from './index.js';

const layout = createLayout([
  { name: 'kernel', shape: [2, 2] },
  { name: 'bias', shape: [1] },
]);
const plan = parsePlan({
  schemaVersion: 1,
  name: 'fedavg',
  seed: 1,
  rounds: 1,
  model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'none',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'fedavg' },
});

const linear = parsePlan({
  ...plan,
  training: {
    trainer: referenceTrainer().name,
    batches: { kind: 'shuffle', size: 100, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
});

/** Records of two features and two classes, others for another name. */
function blobsOf(count: number, name: string): TrainingData {
  const random = new Random(name);
  const features = Float32Array.from({ length: 2 * count }, () => random.normal());
  const labels = Float32Array.from({ length: count }, (_, i) => Number(features[2 * i]! > features[2 * i + 1]!));
  return { count, featureShape: [2], features, labels };
}

const contextFor = (updates: readonly Update[]): RoundContext => ({
  runId: 'run-1',
  round: 0,
  plan,
  population: updates.length,
  cohort: updates.map(({ clientId }) => clientId),
  sampling: { kind: 'all' },
});

function update(index: number, values: readonly number[], weight: number): Update {
  return {
    clientId: `hospital-${index}`,
    baseRound: 0,
    payload: createParameters(layout, Float32Array.from(values)),
    weight,
    metrics: {},
    spent: [],
    simulationOnly: true,
  };
}

function meanOf(updates: readonly Update[], aggregator: Aggregator = fedAvg()): Float32Array {
  const state = aggregator.init(createParameters(layout), contextFor([]));
  const context = contextFor(updates);
  const reduction = aggregator.reduce(state, context);
  for (const one of updates) reduction.add(one);
  return aggregator.parameters(aggregator.apply(state, reduction.finish(), context)).values;
}

const value = fc.float({ min: -1000, max: 1000, noNaN: true });
const weight = fc.integer({ min: 1, max: 5000 });
const cohort = fc
  .array(fc.tuple(fc.array(value, { minLength: layout.size, maxLength: layout.size }), weight), {
    minLength: 1,
    maxLength: 12,
  })
  .map((members) => members.map(([values, w], i) => update(i, values, w)));

/** Float32 values near 1000 are 6e-5 apart. */
const rounding = 1e-4;

describe('fedAvg', () => {
  it('gives the weighted mean of McMahan et al., algorithm 1, by hand', () => {
    const model = meanOf([update(0, [1, 2, 3, 4, 5], 30), update(1, [5, 4, 3, 2, 1], 10)]);
    expect([...model]).toEqual([2, 2.5, 3, 3.5, 4]);
  });

  it('adds the mean of the changes to the model that was there', () => {
    const aggregator = fedAvg();
    const old = createParameters(layout, Float32Array.from([10, 20, 30, 40, 50]));
    const context = contextFor([]);
    const state = aggregator.init(old, context);
    expect(aggregator.instruct(state, context)).toMatchObject({ payload: old, instructions: {} });
    const reduction = aggregator.reduce(state, context);
    reduction.add(update(0, [1, 2, 3, 4, 5], 30));
    reduction.add(update(1, [5, 4, 3, 2, 1], 10));
    const next = aggregator.parameters(aggregator.apply(state, reduction.finish(), context));
    expect([...next.values]).toEqual([12, 22.5, 33, 43.5, 54]);
    expect([...aggregator.parameters(state).values]).toEqual([10, 20, 30, 40, 50]);
  });

  it('keeps sum, divisor and count apart, for noise is added before the division', () => {
    const aggregator = fedAvg();
    const reduction = aggregator.reduce(aggregator.init(createParameters(layout), contextFor([])), contextFor([]));
    reduction.add(update(0, [1, 2, 3, 4, 5], 30));
    reduction.add(update(1, [5, 4, 3, 2, 1], 10));
    const aggregate = reduction.finish();
    expect([...aggregate.payload]).toEqual([80, 100, 120, 140, 160]);
    expect(aggregate).toMatchObject({ divisor: 40, count: 2 });
  });

  it('does not depend on the order of the cohort, but for rounding', () => {
    fc.assert(
      fc.property(cohort, fc.infiniteStream(fc.nat()), (updates, order) => {
        const shuffled = updates
          .map((one) => ({ one, key: order.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const [model, other] = [meanOf(updates), meanOf(shuffled)];
        model.forEach((x, i) => expect(Math.abs(x - other[i]!)).toBeLessThanOrEqual(rounding));
      }),
    );
  });

  it('scales with its updates, and not with their weights', () => {
    fc.assert(
      fc.property(cohort, fc.constantFrom(-2, 0.5, 4), (updates, factor) => {
        const model = meanOf(updates);
        const scaled = meanOf(
          updates.map((one, i) =>
            update(
              i,
              [...one.payload.values].map((x) => factor * x),
              one.weight,
            ),
          ),
        );
        scaled.forEach((x, i) => expect(x).toBeCloseTo(factor * model[i]!, 3));
        expect(meanOf(updates.map((one) => ({ ...one, weight: 8 * one.weight })))).toEqual(model);
      }),
    );
  });

  it('stays between the least and the largest update', () => {
    fc.assert(
      fc.property(cohort, (updates) => {
        meanOf(updates).forEach((x, i) => {
          const column = updates.map(({ payload }) => payload.values[i]!);
          expect(x).toBeGreaterThanOrEqual(Math.min(...column) - rounding);
          expect(x).toBeLessThanOrEqual(Math.max(...column) + rounding);
        });
      }),
    );
  });

  it('counts a client twice where its weight is doubled', () => {
    fc.assert(
      fc.property(cohort, (updates) => {
        const [first, ...others] = updates as [Update, ...Update[]];
        const doubled = meanOf([{ ...first, weight: 2 * first.weight }, ...others]);
        const twice = meanOf([first, first, ...others]);
        doubled.forEach((x, i) => expect(Math.abs(x - twice[i]!)).toBeLessThanOrEqual(rounding));
      }),
    );
  });

  it('refuses a cohort of nobody', () => {
    expect(() => meanOf([])).toThrow(expect.objectContaining({ code: 'QUORUM_NOT_MET' }));
  });

  it('lets a NaN show in its own place, and never swallows it', () => {
    fc.assert(
      fc.property(cohort, fc.nat(layout.size - 1), fc.constantFrom(NaN, Infinity, -Infinity), (updates, at, bad) => {
        updates[0]!.payload.values[at] = bad;
        meanOf(updates).forEach((x, i) => expect(Number.isFinite(x)).toBe(i !== at));
      }),
    );
  });

  it('refuses a weight that is not positive and finite, naming the client', () => {
    for (const bad of [0, -3, NaN, Infinity])
      expect(() => meanOf([update(4, [1, 2, 3, 4, 5], bad)])).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'hospital-4' }),
      );
  });

  it('refuses an aggregate that cannot be divided, or is of another size', () => {
    const aggregator = fedAvg();
    const state = aggregator.init(createParameters(layout), contextFor([]));
    const context = contextFor([]);
    for (const divisor of [0, -1, NaN])
      expect(() => aggregator.apply(state, { payload: new Float64Array(5), divisor, count: 1 }, context)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'aggregate.divisor' }),
      );
    expect(() => aggregator.apply(state, { payload: new Float64Array(4), divisor: 1, count: 1 }, context)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'aggregate.payload' }),
    );
  });

  it('refuses a plan whose work is a query, before anything is sent', () => {
    const { schemaVersion, name, seed, rounds } = plan;
    const asks = parseQueryPlan({ schemaVersion, name, seed, rounds, query: { name: 'counts' }, aggregator: { name } });
    for (const aggregator of [fedAvg(), fedProx({ mu: 1 })]) {
      expect(() => aggregator.validate!(plan)).not.toThrow();
      expect(() => aggregator.validate!(asks)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INCOMPATIBLE',
          subject: 'aggregator.name',
          message: expect.stringContaining(
            `${aggregator.name} averages models, and the plan's work is the query counts`,
          ),
        }),
      );
    }
  });

  it('lets each site count as one where all are to weigh alike', async () => {
    const aggregator = fedAvg({ weighting: 'equal' }) as Aggregator;
    const strategy = siteOf('fedavg', 'equal')!;
    const site = (id: string, count: number): Client =>
      createSite({ id, plan: linear, trainer: referenceTrainer(), strategy, data: blobsOf(count, id) });
    const [sites, initial] = [[site('small', 3), site('large', 60)], createParameters(layoutOf(linear.model))];
    const federation = { runId: 'r', plan: linear, transport: inMemoryTransport(sites), initial };
    const { model } = await runFederation({ ...federation, aggregator });
    const alone = async (one: Client) =>
      (await runFederation({ ...federation, aggregator, transport: inMemoryTransport([one]) })).model.values;
    const [small, large] = [await alone(sites[0]!), await alone(sites[1]!)];
    for (let i = 0; i < small.length; i++) expect(model.values[i]).toBeCloseTo((small[i]! + large[i]!) / 2, 6);
    expect(siteOf('fedavg', 'records')).toBeUndefined();
  });

  it('takes no other options', () => {
    expect(() => fedAvg({ mu: 1 } as object)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'mu' }),
    );
  });
});

describe('fedProx', () => {
  it('sends mu to the clients, and takes the mean as FedAvg does', () => {
    const aggregator = fedProx({ mu: 0.25 });
    const { instructions } = aggregator.instruct(
      aggregator.init(createParameters(layout), contextFor([])),
      contextFor([]),
    );
    expect(instructions).toEqual({ proximalMu: 0.25 });
    const updates = [update(0, [1, 2, 3, 4, 5], 30), update(1, [5, 4, 3, 2, 1], 10)];
    expect(meanOf(updates, aggregator)).toEqual(meanOf(updates));
  });

  it('refuses a mu that is negative, not finite, or missing, naming the key', () => {
    for (const options of [{ mu: -0.1 }, { mu: NaN }, { mu: Infinity }, { mu: '1' }, {}] as { mu: number }[])
      expect(() => fedProx(options, 'aggregator.options')).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          subject: 'mu',
          message: expect.stringContaining('aggregator.options'),
        }),
      );
  });
});

describe('plugins', () => {
  const registry = new PluginRegistry(plugins);

  it('makes each by its name, and checks the options', () => {
    expect(registry.names('aggregator')).toEqual(['fedavg', 'fedprox']);
    expect(registry.create('aggregator', { name: 'fedavg', options: {} }).name).toBe('fedavg');
    expect(registry.create('aggregator', { name: 'fedprox', options: { mu: 0 } }).name).toBe('fedprox');
    expect(() => registry.create('aggregator', { name: 'fedprox', options: { mu: -1 } }, 'plan.aggregator')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        subject: 'plan.aggregator.options.mu',
      }),
    );
  });

  it("rely on core's half at the sites", () => {
    expect(registry.site({ name: 'fedprox', options: { mu: 1 } })).toBeUndefined();
  });
});
