import { multiplyAdd } from '../matrix/tile';

/**
 * Elementary functions of four float32 values. Errors are below 3e-7 of the value (of the largest value, for sine and
 * cosine); math.slow.test.ts has them against float64. expm1 has the reduction and polynomial of Moshier's Cephes library
 * (expf); the polynomials of the others are minimax fits to the range that is left after reduction.
 *
 * Constants lie in memory: V8 makes a vector constant anew wherever it is used, by three instructions and 64 bits of
 * code, and a third of a function's time went there. A load is one instruction, of which there is room to spare.
 */

/** Four times the constant at an address. */
// @ts-ignore: decorator
@inline
function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

/** Four times coefficient `index` of a polynomial. */
// @ts-ignore: decorator
@inline
function coefficient(polynomial: usize, index: usize): v128 {
  return v128.load32_splat(polynomial + (index << 2));
}

const ONE = memory.data<f32>([1], 16);
const TWO = memory.data<f32>([2], 16);
/** 1.5 2^23. Added to a number of less than 2^22, it rounds it to an integer, which then stands in the lowest bits. */
const ROUNDING = memory.data<f32>([12582912], 16);

const LN2 = memory.data<f32>([0.6931471805599453], 16);
const ROOT_HALF_BITS = memory.data<u32>([0x3f3504f3], 16);
const MANTISSA_BITS = memory.data<u32>([0x007fffff], 16);
/** 2 artanh(s) / s by s^2, up to (sqrt(2) - 1)^4; error 8e-10 of it. */
const ARTANH = memory.data<f32>([2, 0.666667760855, 0.399775740114, 0.298709373425], 16);

/** Natural logarithm of normal numbers > 0. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  return scaledLog(x, ROOT_HALF_BITS, ARTANH, LN2);
}

/** sqrt(1/2) 2^31 */
const ROOT_HALF_31_BITS = memory.data<u32>([0x4eb504f3], 16);
const MINUS_LN2 = memory.data<f32>([-0.6931471805599453], 16);
const MINUS_ARTANH = memory.data<f32>([-2, -0.666667760855, -0.399775740114, -0.298709373425], 16);

/** -ln(x / 2^31), for x in [1/2, 2^31]. */
// @ts-ignore: decorator
@inline
export function minusLog31(x: v128): v128 {
  return scaledLog(x, ROOT_HALF_31_BITS, MINUS_ARTANH, MINUS_LN2);
}

/**
 * The sign of `ln2` times the logarithm of x / 2^k.
 * @param origin address of the bits of sqrt(1/2) 2^k
 */
// @ts-ignore: decorator
@inline
function scaledLog(x: v128, origin: usize, artanh: usize, ln2: usize): v128 {
  // x / 2^k = m 2^e with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh(s): a division, for half the polynomial
  const shifted = i32x4.sub(x, constant(origin));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, constant(MANTISSA_BITS)), constant(ROOT_HALF_BITS));
  const one = constant(ONE);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const square = f32x4.mul(s, s);
  let p = coefficient(artanh, 3);
  p = multiplyAdd(p, square, coefficient(artanh, 2));
  p = multiplyAdd(p, square, coefficient(artanh, 1));
  p = multiplyAdd(p, square, coefficient(artanh, 0));
  return multiplyAdd(p, s, f32x4.mul(e, constant(ln2)));
}

const LARGEST_EXPONENT = memory.data<f32>([87], 16);
const SMALLEST_EXPONENT = memory.data<f32>([-87], 16);
const LOG2_E = memory.data<f32>([1.44269504], 16);
const LN2_HIGH = memory.data<f32>([0.693359375], 16);
const LN2_LOW = memory.data<f32>([-2.1219444e-4], 16);
/** (exp(r) - 1 - r) / r^2 by r. */
const EXP = memory.data<f32>(
  [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.987569150e-4],
  16,
);

/** exp(x) - 1, for |x| < 87. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(LARGEST_EXPONENT)), constant(SMALLEST_EXPONENT));
  // x = n ln 2 + r; exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1)
  const rounded = f32x4.add(f32x4.mul(x, constant(LOG2_E)), constant(ROUNDING));
  const n = f32x4.sub(rounded, constant(ROUNDING));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  let p = coefficient(EXP, 5);
  p = multiplyAdd(p, r, coefficient(EXP, 4));
  p = multiplyAdd(p, r, coefficient(EXP, 3));
  p = multiplyAdd(p, r, coefficient(EXP, 2));
  p = multiplyAdd(p, r, coefficient(EXP, 1));
  p = multiplyAdd(p, r, coefficient(EXP, 0));
  p = multiplyAdd(f32x4.mul(r, r), p, r);
  const one = constant(ONE);
  const power = i32x4.add(i32x4.shl(rounded, 23), one); // n into the exponent of 1
  return f32x4.add(f32x4.mul(power, p), f32x4.sub(power, one));
}

/** 1 / (1 + exp(-x)) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(constant(ONE), f32x4.add(constant(TWO), expm1(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  // tanh |x| = -t / (t + 2) with t = exp(-2 |x|) - 1
  const sign = v128.and(x, f32x4.splat(-0.0));
  const t = expm1(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  return v128.or(f32x4.neg(f32x4.div(t, f32x4.add(t, constant(TWO)))), sign);
}

/** sin(2 pi x) / x and cos(2 pi x) by x^2, for |x| <= 1/8; errors 3e-9 of the one, 3e-8 of the other. */
const SINE = memory.data<f32>([6.283185286833, -41.341661454923, 81.592353554809, -75.393562819257], 16);
const COSINE = memory.data<f32>([1, -19.739167263511, 64.923228648469, -83.665921111163], 16);

/** Of angles in turns, within an eighth of one; `square` is theirs, which the cosine needs too. */
// @ts-ignore: decorator
@inline
export function sine(x: v128, square: v128): v128 {
  let p = coefficient(SINE, 3);
  p = multiplyAdd(p, square, coefficient(SINE, 2));
  p = multiplyAdd(p, square, coefficient(SINE, 1));
  p = multiplyAdd(p, square, coefficient(SINE, 0));
  return f32x4.mul(p, x);
}

/** Of angles in turns, within an eighth of one, by their square. */
// @ts-ignore: decorator
@inline
export function cosine(square: v128): v128 {
  let p = coefficient(COSINE, 3);
  p = multiplyAdd(p, square, coefficient(COSINE, 2));
  p = multiplyAdd(p, square, coefficient(COSINE, 1));
  return multiplyAdd(p, square, coefficient(COSINE, 0));
}
