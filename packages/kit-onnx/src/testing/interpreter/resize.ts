import { at, generate, type FloatArray } from '../float-array.js';
import { fromEnd, list, number, type Attributes, type Rule } from './rule.js';

/** Weights of places along one axis for one place of the output: of single precision where it is rounded, as runtimes do. */
function taps(out: number, from: number, to: number, scale: number, attributes: Attributes): Map<number, number> {
  const transform = (attributes['coordinate_transformation_mode'] as string | undefined) ?? 'half_pixel';
  const mode = (attributes['mode'] as string | undefined) ?? 'nearest';
  let x = (out + 0.5) / scale - 0.5;
  if (transform === 'asymmetric') x = out / scale;
  if (transform === 'align_corners') x = to === 1 ? 0 : (out * (from - 1)) / (to - 1);
  if (transform === 'pytorch_half_pixel' && to === 1) x = 0;
  const result = new Map<number, number>();
  const add = (place: number, weight: number): void => {
    const inside = place < 0 ? 0 : place >= from ? from - 1 : place;
    result.set(inside, (result.get(inside) ?? 0) + weight);
  };
  const below = Math.floor(x);
  const part = x - below;
  if (mode === 'linear') {
    add(below, 1 - part);
    add(below + 1, part);
  } else if (mode === 'cubic') {
    const a = number(attributes, 'cubic_coeff_a', -0.75);
    const inner = (t: number): number => (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
    const outer = (t: number): number => a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a;
    add(below - 1, outer(1 + part));
    add(below, inner(part));
    add(below + 1, inner(1 - part));
    add(below + 2, outer(2 - part));
  } else {
    const rounding = (attributes['nearest_mode'] as string | undefined) ?? 'round_prefer_floor';
    if (rounding === 'floor') add(below, 1);
    else if (rounding === 'ceil') add(Math.ceil(x), 1);
    else add(part > 0.5 || (part === 0.5 && rounding === 'round_prefer_ceil') ? below + 1 : below, 1);
  }
  return result;
}

/** All places of the output, each as the sum over all that it takes of. */
export const Resize: Rule = ([x, , scales, sizes], attributes) => {
  const rank = x!.shape.length;
  const axes = list(attributes, 'axes')?.map((axis) => fromEnd(axis, rank)) ?? x!.shape.map((_, axis) => axis);
  const shape = [...x!.shape];
  const factor = x!.shape.map(() => 1);
  for (const [k, axis] of axes.entries()) {
    factor[axis] = sizes ? sizes.values[k]! / shape[axis]! : scales!.values[k]!;
    shape[axis] = sizes ? sizes.values[k]! : Math.floor(shape[axis]! * factor[axis]);
  }
  const over = (index: readonly number[], place: number[]): number => {
    const axis = place.length;
    if (axis === index.length) return at(x as FloatArray, place);
    if (factor[axis] === 1) return over(index, [...place, index[axis]!]);
    let total = 0;
    for (const [one, weight] of taps(index[axis]!, x!.shape[axis]!, shape[axis]!, factor[axis]!, attributes))
      total += weight * over(index, [...place, one]);
    return total;
  };
  return [generate(shape, (index) => over(index, []))];
};
