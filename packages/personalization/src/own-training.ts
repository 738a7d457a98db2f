import type { LocalSettings, TrainingPlan } from '@fedward/core';
import * as z from 'zod';

/** How a personal model is trained, where that differs from the plan's training. */
export const ownTraining = {
  steps: z.int().min(1).max(1_000_000).optional().describe('steps of the personal training, >= 1'),
  batchSize: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .describe("records in a step of the personal training, >= 1; default: the plan's"),
  learningRate: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe("learning rate of the personal training, > 0; default: the plan's"),
};

/** Members of options with `ownTraining`. */
export interface OwnTraining {
  readonly steps?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
}

/** What is said of a personal training, as core takes it; what is not said is as in the plan. */
export function ownSettings(
  { training }: TrainingPlan,
  { steps, batchSize, learningRate }: OwnTraining,
): LocalSettings {
  const { batches, optimizer } = training;
  const size = batchSize ?? (batches.kind === 'poisson' ? Math.max(1, Math.round(batches.expectedSize)) : batches.size);
  return {
    ...(steps !== undefined
      ? { batches: { kind: 'steps', size, steps } }
      : batchSize !== undefined && batches.kind !== 'poisson' && { batches: { ...batches, size } }),
    ...(learningRate !== undefined && { optimizer: { ...optimizer, learningRate } }),
  };
}
