import type { BitSource } from './bit-source.js';

/**
 * Draws whose probabilities are exact: integers are compared, no floating-point number is rounded. Integers are
 * numbers where they and their products are at most 2^53, and bigints else.
 */

const wordRange = 2 ** 32;
const mostExact = 2 ** 53;

/** Uniform integer in [0, 2^53). */
function wideWord(source: BitSource): number {
  return (source.word() >>> 11) * wordRange + source.word();
}

/** Uniform integer in [0, n), n an integer from 1 to 2^53. A draw beyond the last whole multiple of n is drawn anew. */
export function uniformBelow(n: number, source: BitSource): number {
  const wide = n > wordRange;
  const each = Math.floor((wide ? mostExact : wordRange) / n);
  for (;;) {
    const draw = wide ? wideWord(source) : source.word();
    // A quotient of integers below 2^53 is never rounded up to the next one.
    if (draw < each * n) return Math.floor(draw / each);
  }
}

/** Uniform bigint in [0, n), n >= 1: as many bits as n - 1 has, drawn anew until they are below n. */
export function uniformBelowBig(n: bigint, source: BitSource): bigint {
  const bits = (n - 1n).toString(2).length;
  for (;;) {
    let draw = 0n;
    for (let drawn = 0; drawn < bits; drawn += 32) draw = (draw << 32n) | BigInt(source.word());
    draw = BigInt.asUintN(bits, draw);
    if (draw < n) return draw;
  }
}

/** True with probability numerator / denominator: integers, 0 <= numerator <= denominator <= 2^53. */
export function bernoulli(numerator: number, denominator: number, source: BitSource): boolean {
  const wide = denominator > wordRange;
  const each = Math.floor((wide ? mostExact : wordRange) / denominator);
  for (;;) {
    const draw = wide ? wideWord(source) : source.word();
    if (draw < each * denominator) return draw < each * numerator;
  }
}

/**
 * True with probability e^-(numerator / denominator), exactly (Canonne, Kamath and Steinke 2020, arXiv:2004.00010v4,
 * algorithm 1): with A_k true with probability gamma / k, the first k at which A_k is false is odd with probability
 * e^-gamma, for gamma <= 1. A larger gamma is a product of probabilities e^-1 and one e^-(its fraction).
 *
 * @param numerator integer >= 0, at most 2^53
 * @param denominator integer >= 1, at most 2^53
 */
export function bernoulliExp(numerator: number, denominator: number, source: BitSource): boolean {
  const fraction = numerator % denominator;
  for (let whole = (numerator - fraction) / denominator; whole > 0; whole--)
    if (!bernoulliExpFraction(1, 1, source)) return false;
  return bernoulliExpFraction(fraction, denominator, source);
}

/** `bernoulliExp` for integers of any size. */
export function bernoulliExpBig(numerator: bigint, denominator: bigint, source: BitSource): boolean {
  for (let whole = numerator / denominator; whole > 0n; whole--) if (!bernoulliExpFraction(1, 1, source)) return false;
  const fraction = numerator % denominator;
  for (let k = 1n; ; k++) if (uniformBelowBig(denominator * k, source) >= fraction) return k % 2n === 1n;
}

/** For gamma = numerator / denominator <= 1. */
function bernoulliExpFraction(numerator: number, denominator: number, source: BitSource): boolean {
  for (let k = 1; ; k++) {
    const holds =
      denominator * k <= mostExact
        ? bernoulli(numerator, denominator * k, source)
        : uniformBelowBig(BigInt(denominator) * BigInt(k), source) < BigInt(numerator);
    if (!holds) return k % 2 === 1;
  }
}
