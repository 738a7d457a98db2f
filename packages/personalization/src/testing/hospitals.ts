import {
  createParameters,
  createSite,
  inMemoryTransport,
  layoutOf,
  memoryClientStore,
  parsePlan,
  PluginRegistry,
  Random,
  runFederation,
  simulatedRandomness,
  type TrainingData,
  type TrainingPlan,
  type TrainingPlanInput,
  type Update,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { plugins } from '../index.js';

/** A regression with a constant: hospitals whose constants are far apart, and whose slope is one. */
export const hospitals: Readonly<Record<string, TrainingData>> = {
  north: lineOf(-1, 6),
  middle: lineOf(0.5, 4),
  south: lineOf(2, 8),
};

/** y = x1 - x2 / 2 + constant */
function lineOf(constant: number, count: number): TrainingData {
  const random = new Random(`line ${constant}`);
  const features = Float32Array.from({ length: 2 * count }, () => random.normal());
  const labels = Float32Array.from({ length: count }, (_, i) => features[2 * i]! - features[2 * i + 1]! / 2 + constant);
  return { count, featureShape: [2], features, labels };
}

/** One dense layer, squared error, full batches. */
export function linePlan(
  aggregator: TrainingPlanInput['aggregator'],
  changes: Partial<TrainingPlanInput> = {},
): TrainingPlan {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'lines', seed: 1, rounds: 4, aggregator },
    model: { inputShape: [2], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
    training: {
      trainer: 'reference',
      batches: { kind: 'shuffle', size: 100, epochs: 5 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    evaluation: { every: 1000 },
    ...changes,
  });
}

/** A model of two layers with normalisation between them. */
export const deepModel = {
  inputShape: [2],
  layers: [
    { type: 'dense', units: 4 },
    { type: 'group-norm', groups: 2 },
    { type: 'activation', function: 'tanh' },
    { type: 'dense', units: 1 },
  ],
  loss: 'squared-error',
} as const satisfies TrainingPlanInput['model'];

export const registry = new PluginRegistry(plugins);

/** All rounds, with what left the sites and what they remember. */
export async function federate(plan: TrainingPlan, seed = 'start', trainer = referenceTrainer()) {
  const store = memoryClientStore();
  const sent: Update[] = [];
  const strategy = registry.site(plan.aggregator);
  const clients = Object.entries(hospitals).map(([id, data]) => {
    const site = createSite({
      ...{ id, plan, data, store, testData: data, trainer, ...(strategy && { strategy }) },
      metrics: (outputs, labels) => ({ error: meanSquare(outputs, labels) }),
      randomness: simulatedRandomness(1),
    });
    return {
      ...site,
      async answer(...given: Parameters<typeof site.answer>) {
        const update = await site.answer(...given);
        sent.push(structuredClone(update));
        return update;
      },
    };
  });
  const initial = createParameters(layoutOf(plan.model));
  const random = new Random(seed);
  initial.values.forEach((_, i) => (initial.values[i] = random.normal() / 2));
  const result = await runFederation({
    ...{ runId: 'run-1', plan, transport: inMemoryTransport(clients), initial },
    aggregator: registry.create('aggregator', plan.aggregator),
  });
  const errors = result.rounds.at(-1)!.siteScores!.perSite.map(({ metrics }) => metrics['error']!);
  return { ...result, initial, sent, store, errors };
}

export function meanSquare(outputs: Float32Array, labels: Float32Array): number {
  return outputs.reduce((sum, x, i) => sum + (x - labels[i]!) ** 2, 0) / labels.length;
}
