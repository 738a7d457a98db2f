import { multiplyAdd } from '../matrix/tile';

/**
 * Elementary functions of four float32 values, by the reductions and polynomials of Moshier's Cephes library (logf,
 * expf, sinf, cosf). Errors are below 3e-7 of the value (of the largest value, for sine and cosine); functions.test.ts
 * has them against float64.
 */

/** Added to a number of less than 2^22, it rounds it to an integer, which then stands in the lowest bits. */
const ROUNDING: f32 = 12582912; // 1.5 2^23

const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** Natural logarithm of normal numbers > 0. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2))
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const z = f32x4.sub(m, f32x4.splat(1));
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, z, f32x4.splat(-1.151461031e-1));
  p = multiplyAdd(p, z, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, z, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, z, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, z, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, z, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, z, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, z, f32x4.splat(3.3333331174e-1));
  const square = f32x4.mul(z, z);
  let y = f32x4.mul(f32x4.mul(p, z), square);
  y = multiplyAdd(e, f32x4.splat(LN2_LOW), y);
  y = multiplyAdd(square, f32x4.splat(-0.5), y);
  return multiplyAdd(e, f32x4.splat(LN2_HIGH), f32x4.add(z, y));
}

/** exp(x) - 1, for |x| < 87. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(87)), f32x4.splat(-87));
  // x = n ln 2 + r; exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1)
  const rounded = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(ROUNDING));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDING));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = multiplyAdd(f32x4.mul(r, r), p, r);
  const power = i32x4.shl(i32x4.add(rounded, i32x4.splat(127)), 23);
  return f32x4.add(f32x4.mul(power, p), f32x4.sub(power, f32x4.splat(1)));
}

/** 1 / (1 + exp(-x)) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(f32x4.splat(2), expm1(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  // tanh |x| = -t / (t + 2) with t = exp(-2 |x|) - 1
  const sign = v128.and(x, f32x4.splat(-0.0));
  const t = expm1(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  return v128.or(f32x4.neg(f32x4.div(t, f32x4.add(t, f32x4.splat(2)))), sign);
}

/*
 * Sine and cosine of an angle in turns, within [-1/2, 1/2], are wanted together, and a function returns one value
 * only: hence in parts. The angle is so many quarter turns and a remainder near zero; the remainder's sine and
 * cosine are, in turn and with their signs, those of the angle.
 */

/** The number of quarter turns, from -2 to 2: an integer in the two lowest bits (see ROUNDING). */
// @ts-ignore: decorator
@inline
export function quarterOf(turns: v128): v128 {
  return f32x4.add(f32x4.mul(turns, f32x4.splat(4)), f32x4.splat(ROUNDING));
}

/** In radians, within a quarter of pi. The subtractions are exact. */
// @ts-ignore: decorator
@inline
export function remainderOf(turns: v128, quarter: v128): v128 {
  const turned = f32x4.mul(f32x4.sub(quarter, f32x4.splat(ROUNDING)), f32x4.splat(0.25));
  return f32x4.mul(f32x4.sub(turns, turned), f32x4.splat(6.283185307));
}

// @ts-ignore: decorator
@inline
export function sineNearZero(x: v128, square: v128): v128 {
  let p = f32x4.splat(-1.9515295891e-4);
  p = multiplyAdd(p, square, f32x4.splat(8.3321608736e-3));
  p = multiplyAdd(p, square, f32x4.splat(-1.6666654611e-1));
  return multiplyAdd(f32x4.mul(p, square), x, x);
}

// @ts-ignore: decorator
@inline
export function cosineNearZero(square: v128): v128 {
  let p = f32x4.splat(2.443315711809948e-5);
  p = multiplyAdd(p, square, f32x4.splat(-1.388731625493765e-3));
  p = multiplyAdd(p, square, f32x4.splat(4.166664568298827e-2));
  p = multiplyAdd(p, square, f32x4.splat(-0.5));
  return multiplyAdd(p, square, f32x4.splat(1));
}

/** All bits set where the number of quarter turns is odd, and sine and cosine change places. */
// @ts-ignore: decorator
@inline
function oddOf(quarter: v128): v128 {
  return i32x4.shr_s(i32x4.shl(quarter, 31), 31);
}

// @ts-ignore: decorator
@inline
export function pickSine(quarter: v128, sine: v128, cosine: v128): v128 {
  const size = v128.bitselect(cosine, sine, oddOf(quarter));
  return v128.xor(size, i32x4.shl(v128.and(quarter, i32x4.splat(2)), 30));
}

// @ts-ignore: decorator
@inline
export function pickCosine(quarter: v128, sine: v128, cosine: v128): v128 {
  const size = v128.bitselect(sine, cosine, oddOf(quarter));
  return v128.xor(size, i32x4.shl(v128.and(i32x4.add(quarter, i32x4.splat(1)), i32x4.splat(2)), 30));
}
