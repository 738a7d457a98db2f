/**
 * What to multiply a vector with so that its L2 norm is at most the clip norm: min(1, C / norm) (Abadi et al.
 * 2016, algorithm 1). 1 for a zero vector; NaN for a norm that is NaN, so that it is found, not hidden.
 *
 * @param norm L2 norm over all parameters together, >= 0
 * @param clipNorm C > 0
 */
export function clipFactor(norm: number, clipNorm: number): number {
  return Math.min(1, clipNorm / norm);
}
