/** Of one float32 operation, relative to its result. */
const ROUNDING: f64 = 1.0 / 16777216;
/** Share of the clip norm that is left for the rounding of the sum. */
const RESERVE: f64 = 1.0 / 262144;
export const LEAST_NORMAL: f32 = 1.1754943508222875e-38;

/** core's `clipFactor`, which says why: what a gradient is multiplied by so that what is added is within the clip norm. */
export function clipFactor(clipNorm: f64, norm: f64, magnitude: f64): f32 {
  const bound = norm + 4 * ROUNDING * magnitude;
  const most = clipNorm * (1 - RESERVE);
  if (bound <= most) return 1;
  const factor = <f32>(most / bound);
  return factor >= LEAST_NORMAL ? factor : 0;
}
