import type { Random } from '@fedward/core';

/** What a liar sees: its own honest change, and those of the hospitals that do not lie. */
export interface Seen {
  readonly own: Float32Array;
  readonly honest: readonly Float32Array[];
  readonly random: Random;
}
/** What it sends instead. */
export type Lie = (seen: Seen) => Float32Array;

/** The change with its sign turned (Li et al. 2019, RSA, section 5). */
export const signFlip: Lie = ({ own }) => own.map((x) => -x);

/** The change, turned and made larger (model replacement: Bagdasaryan et al. 2020, equation 3, with the sign turned). */
export const scaled =
  (factor: number): Lie =>
  ({ own }) =>
    own.map((x) => -factor * x);

/** Noise of this standard deviation (Blanchard et al. 2017, section 6). */
export const gaussian =
  (deviation: number): Lie =>
  ({ own, random }) =>
    own.map(() => deviation * random.normal());

/** Mean minus z standard deviations of the honest changes, in each coordinate (Baruch et al. 2019, algorithm 3). */
export const littleIsEnough =
  (z: number): Lie =>
  ({ own, honest }) => {
    const mean = meanOf(honest);
    return own.map((_, i) => {
      const variance = honest.reduce((sum, values) => sum + (values[i]! - mean[i]!) ** 2, 0) / honest.length;
      return mean[i]! - z * Math.sqrt(variance);
    });
  };

/** Minus epsilon times the mean of the honest changes (Xie et al. 2020, Fall of empires, section 4). */
export const innerProduct =
  (epsilon: number): Lie =>
  ({ honest }) =>
    Float32Array.from(meanOf(honest), (x) => -epsilon * x);

function meanOf(all: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(all[0]!.length);
  for (const values of all) for (let i = 0; i < mean.length; i++) mean[i]! += values[i]! / all.length;
  return mean;
}
