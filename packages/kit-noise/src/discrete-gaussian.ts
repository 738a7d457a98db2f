import { assertThat } from '@fedward/core';
import { bernoulliExp, bernoulliExpBig, uniformBelow } from './bernoulli.js';
import type { BitSource } from './bit-source.js';
import type { Rational } from './rational.js';

/** The largest parameter: a draw beyond 2^53, which a number can't hold, is then as likely as e^-8000. */
const mostSigmaSquared = 2n ** 80n;
/** Squares of integers up to this are at most 2^53. */
const mostSquarable = Math.floor(2 ** 26.5);

/**
 * Adds an independent draw of the discrete Gaussian N_Z(0, sigma^2) to each integer, in place: x with weight
 * e^(-x^2 / (2 sigma^2)). The draws are exact, so that nothing of what floating-point noise tells by its rounding
 * (Mironov 2012) can be told by these. How long a draw takes depends on it: who can time single draws learns of them.
 *
 * Sums wrap around modulo 2^32 or 2^64, as in secure aggregation: what was wrapped is as private as what was not.
 *
 * @param sigmaSquared the parameter sigma^2 (not sigma), at most 2^80. The variance is never above it, and equal to it
 *   in all digits of a double for sigma >= 2 (Canonne, Kamath and Steinke 2020, section 3)
 * @throws {FedwardError} ARGUMENT_INVALID naming `sigmaSquared`; nothing has been changed then
 */
export function addDiscreteGaussian(
  values: Int32Array | BigInt64Array,
  sigmaSquared: Rational,
  source: BitSource,
): void {
  const draw = discreteGaussian(sigmaSquared, source);
  if (values instanceof BigInt64Array) for (let i = 0; i < values.length; i++) values[i] = values[i]! + BigInt(draw());
  else for (let i = 0; i < values.length; i++) values[i] = values[i]! + draw();
}

/**
 * A sampler of N_Z(0, sigma^2): rejection from the discrete Laplace distribution (Canonne, Kamath and Steinke 2020,
 * arXiv:2004.00010v4, algorithm 3). With t = floor(sigma) + 1, a draw y of scale t is kept with probability
 * e^-((|y| - sigma^2/t)^2 / (2 sigma^2)); for sigma^2 = a/b the exponent is (|y| b t - a)^2 / (2 a b t^2).
 *
 * @throws {FedwardError} ARGUMENT_INVALID naming `sigmaSquared`
 */
export function discreteGaussian({ numerator: a, denominator: b }: Rational, source: BitSource): () => number {
  assertThat(a > 0n && b > 0n, 'sigmaSquared', `sigmaSquared must be above 0, got ${a}/${b}`);
  assertThat(a <= mostSigmaSquared * b, 'sigmaSquared', `sigmaSquared must be at most 2^80, got ${a}/${b}`);
  const root = integerRoot(a / b) + 1n;
  const t = Number(root);
  const denominator = 2n * a * b * root * root;
  const isSmall = denominator <= Number.MAX_SAFE_INTEGER;
  const small = { a: Number(a), scale: Number(b * root), denominator: Number(denominator) };

  const keeps = (magnitude: number): boolean => {
    const distance = Math.abs(magnitude * small.scale - small.a);
    // Below this bound nothing was rounded on the way, above it the bigints decide.
    if (isSmall && distance <= mostSquarable) return bernoulliExp(distance * distance, small.denominator, source);
    const exact = BigInt(magnitude) * b * root - a;
    return bernoulliExpBig(exact * exact, denominator, source);
  };
  return () => {
    for (;;) {
      const y = discreteLaplace(t, source);
      if (keeps(Math.abs(y))) return y;
    }
  };
}

/**
 * A draw of the discrete Laplace distribution: y with weight e^(-|y| / scale) (Canonne, Kamath and Steinke 2020,
 * algorithm 2, for a scale that is an integer).
 *
 * @param scale integer from 1 to 2^53
 */
export function discreteLaplace(scale: number, source: BitSource): number {
  for (;;) {
    const remainder = uniformBelow(scale, source);
    if (!bernoulliExp(remainder, scale, source)) continue;
    let multiple = 0;
    while (bernoulliExp(1, 1, source)) multiple++;
    const magnitude = remainder + scale * multiple;
    const negative = source.word() % 2 === 1;
    if (negative && magnitude === 0) continue; // else 0 would come twice as often
    return negative ? -magnitude : magnitude;
  }
}

/** floor(sqrt(n)), by Newton's method from above. */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}
