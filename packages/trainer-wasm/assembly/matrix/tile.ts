/** Rows and columns of the result that one call of `tile` computes. */
export const TILE_ROWS: i32 = 4;
export const TILE_COLUMNS: i32 = 8;

/** a * b + c. One rounding where the runtime has relaxed SIMD and the processor an FMA, else two. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/**
 * One tile of a product, C[4, 8] = A[4, depth] B[depth, 8], or C += A B: the whole of it stays in eight registers
 * while depth runs, so that each step costs 2 loads of B, 4 broadcasts of A and 8 multiply-adds of 4 lanes each.
 * (More rows would spill: WebAssembly code has 15 vector registers on x86-64.)
 *
 * @param a the four values of A for depth 0, next to each other; those of the next depth `aStride` bytes on
 * @param b the eight values of B for depth 0; those of the next `bStride` bytes on
 * @param c first value of the tile; its rows are `cStride` bytes apart
 */
export function tile(
  depth: i32,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  cStride: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  while (depth > 0) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a += aStride;
    b += bStride;
    depth--;
  }
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(c + cStride));
    c11 = f32x4.add(c11, v128.load(c + cStride, 16));
    c20 = f32x4.add(c20, v128.load(c + 2 * cStride));
    c21 = f32x4.add(c21, v128.load(c + 2 * cStride, 16));
    c30 = f32x4.add(c30, v128.load(c + 3 * cStride));
    c31 = f32x4.add(c31, v128.load(c + 3 * cStride, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}
