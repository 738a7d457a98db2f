import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  memoryClientStore,
  Random,
  runFederation,
  simulatedRandomness,
  tensorValues,
  type Aggregator,
  type SiteStrategy,
  type TrainingPlan,
  type Update,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { ditto, fedPer } from './personal.js';
import { dataOf, linearPlan } from './support.js';

const rows = [[1, 0], [0, 1], [1, 1]]; // prettier-ignore
const hospitals = { a: dataOf(rows, [1, 1, 2]), b: dataOf(rows, [-1, 1, 0]) };
const metrics = (outputs: Float32Array, labels: Float32Array) => ({
  mse: outputs.reduce((sum, x, i) => sum + (x - labels[i]!) ** 2, 0) / labels.length,
});

async function run(plan: TrainingPlan, aggregator: Aggregator, strategy: SiteStrategy) {
  const store = memoryClientStore();
  const seen: Update[] = [];
  const sites = Object.entries(hospitals).map(([id, data]) => {
    const site = createSite({
      ...{ id, plan, data, store, metrics, trainer: referenceTrainer(), strategy },
      ...{ testData: data, randomness: simulatedRandomness(1) },
    });
    return { ...site, answer: async (...given: Parameters<typeof site.answer>) => seen[seen.push(await site.answer(...given)) - 1]! }; // prettier-ignore
  });
  const random = new Random('start');
  const initial = createParameters(layoutOf(plan.model));
  initial.values.forEach((_, i) => (initial.values[i] = random.normal() / 2));
  const result = await runFederation({
    runId: 'run-1',
    plan,
    transport: inMemoryTransport(sites),
    aggregator,
    initial,
  });
  return { ...result, initial, store, seen };
}

it('ditto: each hospital is scored with a model of its own, which fits it better', async () => {
  const plan = linearPlan({ aggregator: { name: 'ditto' }, rounds: 20, evaluation: { every: 20 } });
  const { aggregator, site } = ditto({ lambda: 0.05 });
  const { rounds, model } = await run(plan, aggregator, site as SiteStrategy);
  const personal = rounds.at(-1)!.siteScores!;
  expect(personal.failed).toEqual([]);
  for (const [id, data] of Object.entries(hospitals)) {
    const global = metrics(await referenceTrainer().predict(plan.model, model, data), data.labels).mse;
    const own = personal.perSite.find((one) => one.id === id)!.metrics['mse']!;
    expect(own).toBeLessThan(global / 4);
  }
});

it('fedper: a private tensor changes at its site and never moves in an update', async () => {
  const head = ['2.dense.kernel', '2.dense.bias'];
  const plan = linearPlan({
    aggregator: { name: 'fedper' },
    rounds: 5,
    evaluation: { every: 5 },
    model: {
      inputShape: [2],
      layers: [
        { type: 'dense', units: 3 },
        { type: 'activation', function: 'tanh' },
        { type: 'dense', units: 1 },
      ],
      loss: 'squared-error',
    },
  });
  const { aggregator, site } = fedPer({ private: head });
  const { seen, store, initial, rounds } = await run(plan, aggregator, site as SiteStrategy);
  expect(seen).toHaveLength(10);
  for (const { payload } of seen) for (const name of head) expect([...tensorValues(payload, name)]).toEqual(head.indexOf(name) === 0 ? [0, 0, 0] : [0]); // prettier-ignore
  const kept = await Promise.all(
    ['a', 'b'].map((clientId) => store.load({ runId: 'run-1', clientId, strategy: 'fedper' }, 4)),
  );
  const kernels = kept.map((state) => [...(state as Record<string, Float32Array>)[head[0]!]!]);
  expect(kernels[0]).not.toEqual(kernels[1]);
  expect(kernels[0]).not.toEqual([...tensorValues(initial, head[0]!)]);
  expect(rounds.at(-1)!.siteScores!.metrics['mse']).toBeLessThan(0.5);
});
