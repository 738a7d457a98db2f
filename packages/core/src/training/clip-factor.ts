/** What `clipFactor` reckons with, for code that computes it elsewhere than in this function. */
export const clipConstants = {
  /** Relative rounding error of one float32 operation. */
  rounding: 2 ** -24,
  /** Share of the clip norm that is left for the rounding of the sum itself. */
  reserve: 2 ** -18,
  /** Of float32. */
  leastNormal: 2 ** -126,
} as const;
const { rounding, reserve, leastNormal } = clipConstants;

/**
 * What a gradient is multiplied by so that what is added to a float32 sum is never longer than the clip norm: about
 * min(1, C / |g|) (Abadi et al. 2016, algorithm 1), and a float32.
 *
 * Four float32 roundings come between the norm and the sum: of the factor, of the factor times a value (or times one
 * of the two vectors that the gradient is the product of, `scaleToClip`), and of the product. Each moves a value by
 * 2^-24 of its size at most (Higham 2002, theorem 2.2), so the vector by 2^-24 `magnitude`; four of them are added to
 * the norm before it is compared.
 *
 * The sum of n gradients is rounded too: by n gamma_n C at most (Higham 2002, equation 3.5), whatever the gradients,
 * and it is different with one more. 2^-18 of the clip norm is kept free for it; see docs/decisions/035 for what it
 * proves and what is left.
 *
 * @param norm of the gradient, in float64 from the values that the gradient is made of, >= 0
 * @param magnitude of what it is a sum of: sqrt(sum |a_i|^2 |b_i|^2) where it is known as products a_i b_i that may
 *   cancel; default: norm
 * @returns 0 for a gradient that is not finite, or so long that its factor is no normal float32: it counts as 0
 */
export function clipFactor(clipNorm: number, norm: number, magnitude = norm): number {
  const bound = norm + 4 * rounding * magnitude;
  const most = clipNorm * (1 - reserve);
  if (bound <= most) return 1;
  const factor = Math.fround(most / bound);
  return factor >= leastNormal ? factor : 0;
}

/**
 * A copy of float32 values times a factor. What would come out below the normal numbers is 0: there, rounding is as
 * large as what it rounds, and what the value is multiplied with may be large.
 */
export function scaleToClip(values: Float32Array, factor: number): Float32Array {
  if (factor === 1) return values.slice();
  return values.map((value) => {
    const scaled = Math.fround(value * factor);
    return Math.abs(scaled) >= leastNormal ? scaled : 0;
  });
}
