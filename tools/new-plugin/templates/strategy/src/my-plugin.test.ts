import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  parsePlan,
  PluginRegistry,
  runFederation,
  simulatedRandomness,
  type TrainingData,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { plugins } from './index.js';

const registry = new PluginRegistry(plugins);
/** A constant: north's records say 1, south's 3. */
const recordsOf = (label: number): TrainingData => ({
  ...{ count: 4, featureShape: [1], features: new Float32Array(4).fill(1), labels: new Float32Array(4).fill(label) },
});

/** Squared errors at the sites' own test parts, once trained. */
async function scores(share: number): Promise<number[]> {
  const aggregator = { name: 'my-plugin', options: { share } };
  const plan = parsePlan({
    ...{ schemaVersion: 1, name: 'two constants', seed: 1, rounds: 20, aggregator, evaluation: { every: 20 } },
    model: { inputShape: [1], layers: [{ type: 'dense', units: 1, bias: false }], loss: 'squared-error' },
    training: {
      trainer: 'reference',
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.5 },
    },
  });
  const sites = Object.entries({ north: recordsOf(1), south: recordsOf(3) }).map(([id, data]) =>
    createSite({
      ...{ id, plan, data, testData: data, trainer: referenceTrainer(), strategy: registry.site(plan.aggregator)! },
      metrics: (outputs, labels) => ({ error: (outputs[0]! - labels[0]!) ** 2 }),
      randomness: simulatedRandomness(1),
    }),
  );
  const { rounds } = await runFederation({
    ...{ runId: 'run-1', plan, transport: inMemoryTransport(sites) },
    aggregator: registry.create('aggregator', plan.aggregator),
    initial: createParameters(layoutOf(plan.model)),
  });
  return rounds.at(-1)!.siteScores!.perSite.map(({ metrics }) => metrics['error']!);
}

it('scores a mix of the global model, which is between the sites, and the own one', async () => {
  for (const [share, expected] of [
    [0, 1],
    [0.5, 0.25],
    [1, 0],
  ] as const)
    for (const error of await scores(share)) expect(error).toBeCloseTo(expected, 4);
});

it('both halves check their options', () => {
  const wrong = { name: 'my-plugin', options: { share: 2 } };
  const error = expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'aggregator.options.share' }) as Error;
  expect(() => registry.create('aggregator', wrong)).toThrow(error);
  expect(() => registry.site(wrong)).toThrow(error);
});
