import type { TrainingPlan } from '@fedward/core';

/**
 * The learning rate under which the noise of all steps together moves a weight by `limit` at most, as a standard deviation.
 * A step's noise at a hospital is z C / L on each weight, with z the noise multiplier, C the clip norm and L the expected
 * size of a batch, times the rate; the mean over n hospitals that count alike has 1/sqrt(n) of it, and T steps sqrt(T) times.
 * Under more noise than that the steps of a model of one layer still point the right way, and its weights are mostly noise.
 * All of it is in the plan: nothing is looked at.
 *
 * @returns the plan's rate where that is lower, and where no mechanism adds noise to each step of Poisson batches
 */
export function quietRate({ training, privacy, rounds }: TrainingPlan, hospitals: number, limit: number): number {
  const { batches, optimizer } = training;
  const { learningRate } = optimizer;
  if (batches.kind !== 'poisson') return learningRate;
  for (const { options } of privacy?.mechanisms ?? []) {
    const { noiseMultiplier, clipNorm } = options;
    if (typeof noiseMultiplier !== 'number' || typeof clipNorm !== 'number' || noiseMultiplier === 0) continue;
    // Momentum makes of each step's noise 1 / (1 - beta) of it in the end.
    const gain = optimizer.name === 'momentum' ? 1 / (1 - optimizer.momentum) : 1;
    const ofAll = (gain * Math.sqrt(rounds * batches.steps) * noiseMultiplier * clipNorm) / batches.expectedSize;
    return Math.min(learningRate, (limit * Math.sqrt(hospitals)) / ofAll);
  }
  return learningRate;
}
