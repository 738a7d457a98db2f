import { normOf } from './vectors.js';

/**
 * The change, no longer than the clip norm: x min(1, C / |x|), in float32. Rounding may make it longer again, so it is
 * measured, in float64, and shortened until it fits. The same array where it fits already.
 *
 * @param values finite
 * @param clipNorm C > 0
 */
export function clipped(values: Float32Array, clipNorm: number): Float32Array {
  const norm = normOf(values);
  if (norm <= clipNorm) return values;
  let factor = clipNorm / norm;
  for (let attempt = 0; attempt < 30; attempt++) {
    const shorter = values.map((x) => factor * x);
    const left = normOf(shorter);
    if (left <= clipNorm) return shorter;
    factor *= (clipNorm / left) * (1 - 2 ** -23);
  }
  return new Float32Array(values.length);
}
