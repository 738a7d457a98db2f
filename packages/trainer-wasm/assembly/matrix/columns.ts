import { at } from '../memory';

/**
 * Passes down the columns of a matrix of float32 [rows, columns], four columns at a time, with sums in float64: over
 * many rows float32 would lose of them. Where columns are the channels of an image, rows are its positions.
 */

/** Address of number `index` of an array of float64. */
// @ts-ignore: decorator
@inline
export function at64(array: usize, index: i32): usize {
  return array + (<usize>index << 3);
}

/** Two float32 as float64. */
// @ts-ignore: decorator
@inline
export function two(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

/** sums[c] = the sum of column c. @param sums [columns], float64 */
export function sumColumns(sums: usize, matrix: usize, rows: i32, columns: i32): void {
  const line = (<usize>columns) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let low = f64x2.splat(0);
    let high = low;
    let place = at(matrix, c);
    for (let r = 0; r < rows; r++) {
      low = f64x2.add(low, two(place));
      high = f64x2.add(high, two(place + 8));
      place += line;
    }
    v128.store(at64(sums, c), low);
    v128.store(at64(sums, c), high, 16);
  }
  for (; c < columns; c++) {
    let sum: f64 = 0;
    for (let r = 0; r < rows; r++) sum += <f64>load<f32>(at(matrix, r * columns + c));
    store<f64>(at64(sums, c), sum);
  }
}

/** squares[c] = the sum of the squares of what column c is away from centers[c]. Both are float64. */
export function sumSquares(squares: usize, centers: usize, matrix: usize, rows: i32, columns: i32): void {
  const line = (<usize>columns) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    const centerLow = v128.load(at64(centers, c));
    const centerHigh = v128.load(at64(centers, c), 16);
    let low = f64x2.splat(0);
    let high = low;
    let place = at(matrix, c);
    for (let r = 0; r < rows; r++) {
      const x = f64x2.sub(two(place), centerLow);
      const y = f64x2.sub(two(place + 8), centerHigh);
      low = f64x2.add(low, f64x2.mul(x, x));
      high = f64x2.add(high, f64x2.mul(y, y));
      place += line;
    }
    v128.store(at64(squares, c), low);
    v128.store(at64(squares, c), high, 16);
  }
  for (; c < columns; c++) {
    const center = load<f64>(at64(centers, c));
    let sum: f64 = 0;
    for (let r = 0; r < rows; r++) {
      const x = <f64>load<f32>(at(matrix, r * columns + c)) - center;
      sum += x * x;
    }
    store<f64>(at64(squares, c), sum);
  }
}

/** products[c] = the sum of a * b down column c, sums[c] = that of a. Both are float64. */
export function sumProducts(products: usize, sums: usize, a: usize, b: usize, rows: i32, columns: i32): void {
  const line = (<usize>columns) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let low = f64x2.splat(0);
    let high = low;
    let productLow = low;
    let productHigh = low;
    let ofA = at(a, c);
    let ofB = at(b, c);
    for (let r = 0; r < rows; r++) {
      const x = two(ofA);
      const y = two(ofA + 8);
      low = f64x2.add(low, x);
      high = f64x2.add(high, y);
      productLow = f64x2.add(productLow, f64x2.mul(x, two(ofB)));
      productHigh = f64x2.add(productHigh, f64x2.mul(y, two(ofB + 8)));
      ofA += line;
      ofB += line;
    }
    v128.store(at64(sums, c), low);
    v128.store(at64(sums, c), high, 16);
    v128.store(at64(products, c), productLow);
    v128.store(at64(products, c), productHigh, 16);
  }
  for (; c < columns; c++) {
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let r = 0; r < rows; r++) {
      const x = <f64>load<f32>(at(a, r * columns + c));
      sum += x;
      product += x * <f64>load<f32>(at(b, r * columns + c));
    }
    store<f64>(at64(sums, c), sum);
    store<f64>(at64(products, c), product);
  }
}
