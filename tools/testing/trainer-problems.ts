import {
  createParameters,
  layoutOf,
  modelSpecSchema,
  outputSize,
  Random,
  SeededNoise,
  type ClientContext,
  type ModelSpec,
  type ModelSpecInput,
  type Parameters,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';

export type LayerInput = ModelSpecInput['layers'][number];

export const spec = (
  inputShape: number[],
  layers: LayerInput[],
  loss: ModelSpec['loss'] = 'softmax-cross-entropy',
): ModelSpec => modelSpecSchema.parse({ inputShape, layers, loss });

/** Of a client whose random numbers and noise are the same in each test. */
export function contextOf(plan: TrainingPlan, overrides: Partial<ClientContext> = {}): ClientContext {
  const root = new Random('context');
  return {
    clientId: 'hospital-0',
    runId: 'run',
    round: 0,
    plan,
    wishes: {},
    random: root.fork('random'),
    noise: new SeededNoise(root.fork('noise')),
    ...overrides,
  };
}

/** Normal weights; kernels so small that outputs stay about 1. */
export function weightsOf(model: ModelSpec, seed: string | number = 'weights'): Parameters {
  const random = new Random(seed);
  const layout = layoutOf(model);
  const values = new Float32Array(layout.size);
  for (const { offset, size, shape } of layout.tensors) {
    const scale = shape.length > 1 ? 1 / Math.sqrt(size / shape.at(-1)!) : 0.5;
    for (let i = 0; i < size; i++) values[offset + i] = scale * random.normal();
  }
  return createParameters(layout, values);
}

/** Normal features and labels that the loss has a meaning for; cox with ties and censoring. */
export function dataOf(model: ModelSpec, count: number, seed: string | number = 'data', patients = 0): TrainingData {
  const random = new Random(seed);
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const label = {
    'softmax-cross-entropy': () => random.integer(0, outputSize(model)),
    'sigmoid-cross-entropy': () => random.integer(0, 2),
    'squared-error': () => random.normal(),
    cox: () => (random.bernoulli(0.6) ? 1 : -1) * random.integer(1, 2 + Math.floor(count / 2)),
  }[model.loss];
  const features = Float32Array.from({ length: count * size }, () => random.normal());
  const labels = Float32Array.from({ length: count }, label);
  const patientIds = Array.from({ length: count }, () => `patient ${patients && random.integer(0, patients)}`);
  return { count, featureShape: model.inputShape, features, labels, ...(patients && { patientIds }) };
}

/** Largest difference, over the largest expected value (1 where all are smaller). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let [difference, magnitude] = [0, 1];
  for (let i = 0; i < actual.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    difference = Number.isNaN(distance) ? Infinity : Math.max(difference, distance);
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  return difference / magnitude;
}

export const notAborted = new AbortController().signal;
