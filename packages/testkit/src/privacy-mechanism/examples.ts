import {
  createLayout,
  Random,
  SeededNoise,
  type Aggregate,
  type FitResult,
  type NoiseSource,
  type ReleaseContext,
  type TrainingPlan,
} from '@fedward/core';
import { exampleResult, randomParameters, roundContext } from '../support/fixtures.js';

/** An update of this many values. */
export function someUpdate(size: number, scale = 1): FitResult {
  const layout = createLayout([{ name: '0.dense.kernel', shape: [size] }]);
  return exampleResult('hospital-0', randomParameters(new Random('update'), layout, scale), {
    weight: 20,
    metrics: { loss: 0.5, accuracy: 0.75 },
    spent: [{ type: 'gaussian', noiseMultiplier: 9 }],
  });
}

export function someAggregate(size: number, scale = 1): Aggregate {
  const random = new Random('aggregate');
  return { payload: Float64Array.from({ length: size }, () => scale * random.normal()), divisor: 60, count: 3 };
}

export const seeded = (seed: string): NoiseSource => new SeededNoise(new Random(`mechanism ${seed}`));

export function releaseContext(plan: TrainingPlan, noise: NoiseSource = seeded('release')): ReleaseContext {
  return { ...roundContext(plan, ['hospital-0', 'hospital-1', 'hospital-2']), noise };
}
