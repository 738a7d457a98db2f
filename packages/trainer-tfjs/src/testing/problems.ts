import {
  createParameters,
  layoutOf,
  modelSpecSchema,
  outputSize,
  parsePlan,
  Random,
  type ModelSpec,
  type ModelSpecInput,
  type Parameters,
  type TrainingData,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import type { BackendName } from '../backend.js';

export { contextOf as createContext, notAborted, relativeError } from '../../../../tools/testing/trainer-problems.js';

/** FEDWARD_REQUIRE_BACKEND names the one backend that the tests have to run on; without it, those always there. */
const required = process.env['FEDWARD_REQUIRE_BACKEND'];
export const backends = (required ? [required] : ['wasm', 'cpu']) as readonly BackendName[];

/** The tutorial's multilayer perceptron at any size: dense, relu, dropout twice, dense. */
export function mlpSpec(inputs = 6, hidden: readonly [number, number] = [5, 4], dropout = 0.3): ModelSpecInput {
  return {
    inputShape: [inputs],
    layers: [
      ...hidden.flatMap((units) => [
        { type: 'dense' as const, units },
        { type: 'activation' as const, function: 'relu' as const },
        { type: 'dropout' as const, rate: dropout },
      ]),
      { type: 'dense', units: 2 },
    ],
    loss: 'softmax-cross-entropy',
  };
}

export function createPlan(model: ModelSpecInput, training: Partial<TrainingPlanInput['training']> = {}): TrainingPlan {
  return parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 1,
    model,
    training: {
      trainer: 'tfjs',
      batches: { kind: 'shuffle', size: 8, epochs: 2 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
      ...training,
    },
    aggregator: { name: 'any' },
  });
}

/** Weights from a normal distribution, standard deviation 0.5. */
export function randomParameters(spec: ModelSpec | ModelSpecInput, seed: number | string = 1): Parameters {
  const random = new Random(seed);
  const layout = layoutOf(modelSpecSchema.parse(spec));
  return createParameters(
    layout,
    Float32Array.from({ length: layout.size }, () => 0.5 * random.normal()),
  );
}

/** Standard normal features and labels that the model's loss has a meaning for. */
export function randomData(input: ModelSpec | ModelSpecInput, count: number, seed: number | string = 2): TrainingData {
  const spec = modelSpecSchema.parse(input);
  const random = new Random(seed);
  const size = spec.inputShape.reduce((product, n) => product * n, 1);
  const label = {
    'softmax-cross-entropy': () => random.integer(0, outputSize(spec)),
    'sigmoid-cross-entropy': () => random.integer(0, 2),
    'squared-error': () => random.normal(),
    cox: () => (random.bernoulli(0.6) ? 1 : -1) * random.integer(1, 1 + count), // with ties
  }[spec.loss];
  return {
    count,
    featureShape: spec.inputShape,
    features: Float32Array.from({ length: count * size }, () => random.normal()),
    labels: Float32Array.from({ length: count }, label),
  };
}
