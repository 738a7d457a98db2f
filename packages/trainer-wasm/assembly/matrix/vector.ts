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

/** Sum of a * b in four float32 sums for each 512 values, and these in float64: as good as float64 for long arrays. */
export function dot(a: usize, b: usize, count: i32): f64 {
  let total: f64 = 0;
  let i = 0;
  while (i + 4 <= count) {
    const end = min(count - 3, i + 512);
    let sums = f32x4.splat(0);
    for (; i < end; i += 4) sums = multiplyAdd(v128.load(at(a, i)), v128.load(at(b, i)), sums);
    total +=
      <f64>f32x4.extract_lane(sums, 0) +
      <f64>f32x4.extract_lane(sums, 1) +
      <f64>f32x4.extract_lane(sums, 2) +
      <f64>f32x4.extract_lane(sums, 3);
  }
  for (; i < count; i++) total += <f64>load<f32>(at(a, i)) * <f64>load<f32>(at(b, i));
  return total;
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
