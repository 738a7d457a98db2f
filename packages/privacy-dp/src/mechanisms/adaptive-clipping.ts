import * as z from 'zod';

/**
 * A clip norm that follows a quantile of the updates' norms (Andrew, Thakkar, McMahan and Ramaswamy 2021,
 * "Differentially private learning with adaptive clipping", algorithm 1).
 */
export interface AdaptiveClippingOptions {
  /** Share of the updates that should not be clipped: gamma in (0, 1). Default 0.5. */
  readonly quantile?: number;
  /** Learning rate of the logarithm of the clip norm: eta_C > 0. Default 0.2. */
  readonly learningRate?: number;
  /**
   * Standard deviation sigma_b of the noise on the number of updates that are within the clip norm. It costs: more than
   * half of the noise multiplier z. Default: a twentieth of the expected number of updates, and at least z.
   */
  readonly countNoise?: number;
}

/** The options as they come from a plan. */
export const adaptiveClippingSchema = z.strictObject({
  quantile: z.number().gt(0).lt(1).default(0.5).describe('share of the updates that should not be clipped'),
  learningRate: z.number().positive().default(0.2).describe('of the logarithm of the clip norm'),
  countNoise: z
    .number()
    .positive()
    .optional()
    .describe('standard deviation of the noise on the number of updates within the clip norm'),
});

/** Its parts for one mechanism. */
export interface AdaptiveClipping {
  /** Standard deviation of the noise on the count. */
  readonly countNoise: number;
  /** Noise multiplier of the sum of updates: z_delta = (z^-2 - (2 sigma_b)^-2)^(-1/2) (theorem 1). */
  readonly noiseMultiplier: number;
  /**
   * The clip norm of the next round: C exp(-eta (b - gamma)).
   * @param noisyCount sum of (b_i - 1/2) over the updates, plus the noise; b_i is 1 for an update within the clip norm
   */
  next(clipNorm: number, noisyCount: number): number;
}

/**
 * The count and the sum are released together, each with noise of its own. With the indicators shifted to +-1/2 one
 * client moves the count by 1/2 at most, so its noise multiplier is 2 sigma_b, and two Gaussian releases cost as much
 * as one with 1/z^2 = 1/z_delta^2 + 1/(2 sigma_b)^2: what is stated, z, holds the cost of the quantile.
 *
 * @param noiseMultiplier z of both together, >= 0
 * @param expectedClients public divisor of the count
 * @returns undefined where sigma_b is so small that the count alone would cost more than z pays for
 */
export function adaptiveClipping(
  { quantile, learningRate, countNoise: given }: z.output<typeof adaptiveClippingSchema>,
  noiseMultiplier: number,
  expectedClients: number,
): AdaptiveClipping | undefined {
  const countNoise = given ?? Math.max(expectedClients / 20, noiseMultiplier);
  if (noiseMultiplier > 0 && !(2 * countNoise > noiseMultiplier)) return undefined;
  return {
    countNoise,
    noiseMultiplier: noiseMultiplier === 0 ? 0 : (noiseMultiplier ** -2 - (2 * countNoise) ** -2) ** -0.5,
    next: (clipNorm, noisyCount) =>
      clipNorm * Math.exp(-learningRate * (noisyCount / expectedClients + 0.5 - quantile)),
  };
}
