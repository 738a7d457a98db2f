import * as z from 'zod';

/** eta: how far the server goes. */
export const learningRateOption = (value: number) =>
  z.number().positive().default(value).describe("the server's learning rate, > 0");

/** beta_1. */
export const beta1Option = (value: number) =>
  z.number().min(0).lt(1).default(value).describe('decay of the mean of the changes, in [0, 1); 0: no momentum');

/** beta_2. */
export const beta2Option = z
  .number()
  .min(0)
  .lt(1)
  .default(0.99)
  .describe('decay of the mean of their squares, in [0, 1)');

/** What all three adaptive methods have. */
export const adaptiveOptions = {
  tau: z
    .number()
    .positive()
    .default(1e-3)
    .describe('degree of adaptivity, > 0: added to the root of the accumulated squares; the larger, the less adaptive'),
  initialAccumulator: z
    .number()
    .min(0)
    .optional()
    .describe('accumulated squares before round 0, >= 0; default: tau^2, the least that the paper takes'),
};
