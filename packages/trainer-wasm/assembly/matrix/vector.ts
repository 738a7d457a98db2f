import { at } from '../memory';
import { LEAST_NORMAL } from '../training/clip-factor';
import { multiplyAdd } from './tile';

/** Passes over arrays of float32, four at a time; `count` may be any. */

/** target += factor * source */
export function addScaled(target: usize, source: usize, count: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4)
    v128.store(at(target, i), multiplyAdd(by, v128.load(at(source, i)), v128.load(at(target, i))));
  for (; i < count; i++) store<f32>(at(target, i), load<f32>(at(target, i)) + factor * load<f32>(at(source, i)));
}

/** values *= factor */
export function scale(values: usize, count: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(values, i), f32x4.mul(v128.load(at(values, i)), by));
  for (; i < count; i++) store<f32>(at(values, i), load<f32>(at(values, i)) * factor);
}

/** target = a * b, value by value */
export function multiplyEach(target: usize, a: usize, b: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(target, i), f32x4.mul(v128.load(at(a, i)), v128.load(at(b, i))));
  for (; i < count; i++) store<f32>(at(target, i), load<f32>(at(a, i)) * load<f32>(at(b, i)));
}

/** As `scale`, but what comes out below the normal numbers is 0: core's `scaleToClip`, which says why. */
export function scaleToClip(values: usize, count: i32, factor: f32): void {
  if (factor == 1) return;
  const by = f32x4.splat(factor);
  const least = f32x4.splat(LEAST_NORMAL);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const scaled = f32x4.mul(v128.load(at(values, i)), by);
    v128.store(at(values, i), v128.and(scaled, f32x4.ge(f32x4.abs(scaled), least)));
  }
  for (; i < count; i++) {
    const scaled = load<f32>(at(values, i)) * factor;
    store<f32>(at(values, i), abs(scaled) >= LEAST_NORMAL ? scaled : 0);
  }
}

/**
 * Sum of a * b in float64, which holds each product of two float32 as it is. In float32 the squares of small values
 * would vanish, and sums of many would miss some.
 */
export function dot(a: usize, b: usize, count: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x = v128.load(at(a, i));
    const y = v128.load(at(b, i));
    s0 = f64x2.add(s0, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
    s1 = f64x2.add(s1, f64x2.mul(upper(x), upper(y)));
    const z = v128.load(at(a, i), 16);
    const w = v128.load(at(b, i), 16);
    s2 = f64x2.add(s2, f64x2.mul(f64x2.promote_low_f32x4(z), f64x2.promote_low_f32x4(w)));
    s3 = f64x2.add(s3, f64x2.mul(upper(z), upper(w)));
  }
  const sums = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; i < count; i++) total += <f64>load<f32>(at(a, i)) * <f64>load<f32>(at(b, i));
  return total;
}

// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
}

/** Each of `rows` rows becomes a copy of `row`. */
export function fillRows(target: usize, row: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) memory.copy(at(target, r * columns), row, (<usize>columns) << 2);
}

/** sums += the sum of the rows of a matrix */
export function addRows(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let sum = v128.load(at(sums, c));
    for (let r = 0; r < rows; r++) sum = f32x4.add(sum, v128.load(at(matrix, r * columns + c)));
    v128.store(at(sums, c), sum);
  }
  for (; c < columns; c++) {
    let sum = load<f32>(at(sums, c));
    for (let r = 0; r < rows; r++) sum += load<f32>(at(matrix, r * columns + c));
    store<f32>(at(sums, c), sum);
  }
}
