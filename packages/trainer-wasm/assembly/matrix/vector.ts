import { at } from '../memory';
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

/**
 * Sum of a * b in sixteen float32 sums for each 2048 values (four vectors of them, so that none waits for the one
 * before), and these in float64: as good as float64 for long arrays.
 */
export function dot(a: usize, b: usize, count: i32): f64 {
  let total: f64 = 0;
  let i = 0;
  while (i + 4 <= count) {
    const end = min(count, i + 2048);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; i + 16 <= end; i += 16) {
      s0 = multiplyAdd(v128.load(at(a, i)), v128.load(at(b, i)), s0);
      s1 = multiplyAdd(v128.load(at(a, i), 16), v128.load(at(b, i), 16), s1);
      s2 = multiplyAdd(v128.load(at(a, i), 32), v128.load(at(b, i), 32), s2);
      s3 = multiplyAdd(v128.load(at(a, i), 48), v128.load(at(b, i), 48), s3);
    }
    for (; i + 4 <= end; i += 4) s0 = multiplyAdd(v128.load(at(a, i)), v128.load(at(b, i)), s0);
    total += lanesOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  for (; i < count; i++) total += <f64>load<f32>(at(a, i)) * <f64>load<f32>(at(b, i));
  return total;
}

// @ts-ignore: decorator
@inline
function lanesOf(sums: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(sums), f64x2.promote_low_f32x4(v128.shuffle<f32>(sums, sums, 2, 3, 0, 1)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
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
