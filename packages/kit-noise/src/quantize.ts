import { assertInteger, assertPositive, assertThat, FedwardError } from '@fedward/core';
import type { BitSource } from './bit-source.js';

/** How real vectors become integers: all sites of a run must have the same. */
export interface Quantization {
  /** Bound C of a vector's L2 norm, > 0; a longer one is clipped to it. */
  readonly clipNorm: number;
  /** What one unit of the integers stands for, gamma > 0. */
  readonly granularity: number;
  /** Number of values, d >= 1. */
  readonly dimension: number;
  /**
   * A rounding that lengthens the vector too much is drawn anew; beta in [0, 1) bounds how often, at most. 0: none is,
   * and the sensitivity is C/gamma + sqrt(d). Default e^-0.5, as in the paper's experiments.
   */
  readonly beta?: number;
}

const defaultBeta = Math.exp(-0.5);
const largest = 2 ** 31 - 1;

/**
 * The L2 sensitivity of a sum of quantized vectors, under add-or-remove-one: the largest norm that `quantize` lets
 * out, in units of the granularity (Kairouz, Liu and Steinke 2021, arXiv:2102.06387, theorem 1). With c = C/gamma its
 * square is the least of (c + sqrt d)^2 and c^2 + d/4 + sqrt(2 ln(1/beta)) (c + sqrt(d)/2), rounded down, since that
 * of integers is an integer. Under replace-one it is twice as much.
 *
 * It is the `sensitivity` of a `discrete-gaussian` event.
 *
 * @returns never less than the square root of `quantizedNormSquared`
 * @throws {FedwardError} ARGUMENT_INVALID naming the member
 */
export function quantizedSensitivity(quantization: Quantization): number {
  const root = Math.sqrt(quantizedNormSquared(quantization));
  return root * (1 + Number.EPSILON);
}

/** The integer that the squared norm of a quantized vector never exceeds. */
function quantizedNormSquared({ clipNorm, granularity, dimension, beta = defaultBeta }: Quantization): number {
  assertPositive('clipNorm', clipNorm);
  assertPositive('granularity', granularity);
  assertInteger('dimension', dimension, 1);
  assertThat(beta >= 0 && beta < 1, 'beta', `beta must be at least 0 and below 1, got ${beta}`);
  const c = clipNorm / granularity;
  const always = (c + Math.sqrt(dimension)) ** 2;
  const mostly = c ** 2 + dimension / 4 + Math.sqrt(2 * Math.log(1 / beta)) * (c + Math.sqrt(dimension) / 2);
  const bound = Math.min(always, mostly);
  assertThat(
    c + 1 <= largest && bound <= Number.MAX_SAFE_INTEGER,
    'granularity',
    `granularity ${granularity} makes integers of clipNorm ${clipNorm} that are too large to be squared exactly`,
  );
  return Math.floor(bound);
}

/**
 * A vector as integers: clipped to C, divided by gamma, each value rounded up or down at random so that its mean is
 * kept, all anew until the norm is within `quantizedSensitivity` (Kairouz, Liu and Steinke 2021, algorithm 1 without
 * its rotation, which only makes wrapping around rarer). That bound holds whatever the rounding of floating-point
 * numbers did before: it is checked on the integers.
 *
 * @param values [dimension], left as they are
 * @returns [dimension]; times gamma they are the vector again, as `dequantize` has it
 * @throws {FedwardError} UPDATE_NOT_FINITE for a NaN or an Infinity, ARGUMENT_INVALID naming what is out of range
 */
export function quantize(
  values: Float32Array | Float64Array,
  quantization: Quantization,
  source: BitSource,
): Int32Array {
  const most = quantizedNormSquared(quantization);
  const { clipNorm, granularity, dimension } = quantization;
  assertThat(values.length === dimension, 'values', `values has ${values.length} entries, dimension is ${dimension}`);
  const scale = Math.min(1, clipNorm / norm(values)) / granularity;
  const rounded = new Int32Array(dimension);
  for (;;) {
    let squares = 0;
    for (let i = 0; i < dimension; i++) {
      const value = values[i]! * scale;
      const floor = Math.floor(value);
      const integer = floor + (source.word() < (value - floor) * 2 ** 32 ? 1 : 0);
      rounded[i] = integer;
      squares += integer * integer;
    }
    if (squares <= most) return rounded;
  }
}

/** What integers, or a sum of them, stand for. */
export function dequantize(integers: Int32Array | BigInt64Array, granularity: number): Float64Array {
  assertPositive('granularity', granularity);
  const values = new Float64Array(integers.length);
  for (let i = 0; i < values.length; i++) values[i] = Number(integers[i]) * granularity;
  return values;
}

/** L2 norm; of values whose squares overflow too. */
function norm(values: Float32Array | Float64Array): number {
  let scale = 0;
  for (const value of values) {
    if (!Number.isFinite(value))
      throw new FedwardError('UPDATE_NOT_FINITE', 'values has a NaN or an Infinity', 'values');
    scale = Math.max(scale, Math.abs(value));
  }
  if (scale === 0) return 0;
  let squares = 0;
  for (const value of values) squares += (value / scale) ** 2;
  return scale * Math.sqrt(squares);
}
