import {
  createParameters,
  layoutOf,
  parsePlan,
  Random,
  SeededNoise,
  type ClientContext,
  type PrivacyUnit,
  type TrainingData,
} from '@fedward/core';
import { wasmTrainer } from '@fedward/trainer-wasm';

export const clipNorm = 2.5;
const trainer = wasmTrainer();

/**
 * What leaves a hospital in one step of `dp-sgd` on everyone, but for its noise: the sum of clipped gradients of
 * logistic regression (of linear regression for one class), from weights that are not 0.
 */
export async function clippedSum(data: TrainingData, classes: number, unit: PrivacyUnit): Promise<Float64Array> {
  const plan = parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 1,
    model: {
      inputShape: [...data.featureShape],
      layers: [{ type: 'dense', units: classes }],
      loss: classes === 1 ? 'squared-error' : 'softmax-cross-entropy',
    },
    // At rate 1 and divisor 1 the weights move by minus the sum.
    training: {
      trainer: 'any',
      batches: { kind: 'poisson', probability: 1, steps: 1, expectedSize: 1 },
      optimizer: { name: 'sgd', learningRate: 1 },
    },
    aggregator: { name: 'fedavg' },
    privacy: { mechanisms: [{ name: 'dp-sgd' }], accountant: 'rdp', delta: 1e-3, unit },
  });
  const layout = layoutOf(plan.model);
  const start = createParameters(
    layout,
    Float32Array.from({ length: layout.size }, (_, i) => Math.sin(i + 1) / 2),
  );
  const random = new Random('clipped sum');
  const context: ClientContext = {
    ...{ clientId: 'hospital', runId: 'run', round: 0, plan, wishes: {} },
    random: random.fork('random'),
    noise: new SeededNoise(random.fork('noise')),
    gradientPrivacy: { clip: 'per-example', clipNorm, noiseMultiplier: 0 },
  };
  const { payload } = await trainer.train(start, data, context, new AbortController().signal);
  return Float64Array.from(payload.values, (value, i) => start.values[i]! - value);
}

export function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((x, i) => x - b[i]!));
}
