import { assertInteger, assertThat } from '@fedward/core';
import { rational, type Rational } from './rational.js';

/**
 * Noise for a sum that each hospital adds a share of, so that nobody holds the sum without it: hospital i adds
 * N_Z(0, sigma^2 / h) to its integers, and the shares of any h hospitals carry N_Z(0, sigma^2), almost. Unlike the
 * continuous Gaussian the discrete one is not closed under sums; how far off a sum is has a bound, `sharesTau`.
 */

/** What the shares of one run are. */
export interface NoiseShares {
  /** Parameter sigma^2 of one share; at least 1/4. */
  readonly sigmaSquared: Rational;
  /** Of how many hospitals the shares are counted on, >= 1. */
  readonly minimumHonest: number;
}

/**
 * The share of each hospital, if at least `minimumHonest` of them add theirs, tell nobody what they drew, and are in
 * the sum that is released. Whatever the others add or leave out is post-processing of that: it takes no privacy away.
 * A sum with fewer shares must not be released: the quorum of the round is at least `minimumHonest` and the number of
 * hospitals that may collude.
 *
 * @param sigmaSquared what the sum is to carry, as it is priced
 * @throws {FedwardError} ARGUMENT_INVALID naming `minimumHonest`, or `sigmaSquared` where a share would be below 1/4,
 *   for which no bound is known
 */
export function noiseShares(sigmaSquared: Rational, minimumHonest: number): NoiseShares {
  assertInteger('minimumHonest', minimumHonest, 1);
  const share = rational(sigmaSquared.numerator, sigmaSquared.denominator * BigInt(minimumHonest));
  assertThat(
    4n * share.numerator >= share.denominator,
    'sigmaSquared',
    `sigmaSquared is ${asNumber(sigmaSquared)}, a share of one in ${minimumHonest} is below 1/4: scale the values up`,
  );
  return { sigmaSquared: share, minimumHonest };
}

/**
 * tau = 10 sum_{k=1}^{n-1} e^(-2 pi^2 sigma^2 k/(k+1)), with n = `minimumHonest` and sigma^2 that of one share
 * (Kairouz, Liu and Steinke 2021, arXiv:2102.06387, theorem 1). The probability of every integer under a sum of n
 * shares is within a factor e^tau of that under N_Z(0, n sigma^2). About 7e-17 for shares of sigma = 2; 0 for n = 1.
 */
export function sharesTau({ sigmaSquared, minimumHonest }: NoiseShares): number {
  const variance = asNumber(sigmaSquared);
  let sum = 0;
  // From k = 1 on each term is smaller than the one before it; what is left out is added as if it were not.
  for (let k = 1; k < minimumHonest; k++) {
    const term = Math.exp(-2 * Math.PI ** 2 * variance * (k / (k + 1)));
    sum += k < mostTerms ? term : term * (minimumHonest - k);
    if (k === mostTerms) break;
  }
  return 10 * sum * roundedUp;
}

/**
 * The epsilon of a run whose noise is made of shares, from that of the same run with the exact discrete Gaussian.
 * Each of d integers in each of T releases has, whatever was released before, a probability within e^tau of the
 * exact one, and so all of them together one within e^g, g = d T tau. Hence for any event E, with P the run and Q the
 * exact one on neighbours 0 and 1,
 *
 *   P0(E) <= e^g Q0(E) <= e^g (e^epsilon Q1(E) + delta') <= e^(epsilon + 2g) P1(E) + e^g delta'
 *
 * @param epsilonAt the exact run's epsilon at a delta, from any accountant and for any sampling
 * @param delta of the answer, in (0, 1)
 * @param dimension d, number of integers in a release
 * @param releases T
 * @returns never less than the truth if `epsilonAt` is not
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function epsilonWithShares(
  epsilonAt: (delta: number) => number,
  delta: number,
  { shares, dimension, releases }: { shares: NoiseShares; dimension: number; releases: number },
): number {
  assertThat(delta > 0 && delta < 1, 'delta', `delta must be above 0 and below 1, got ${delta}`);
  assertInteger('dimension', dimension, 1);
  assertInteger('releases', releases, 0);
  const gap = sharesTau(shares) * dimension * releases;
  const exactDelta = delta * Math.exp(-gap);
  return exactDelta > 0 ? (epsilonAt(exactDelta) + 2 * gap) * roundedUp : Infinity;
}

/** Sums of more terms than this are rounded up instead of added. */
const mostTerms = 10_000;
/** More than the few roundings on the way can take away. */
const roundedUp = 1 + 1e-9;

function asNumber({ numerator, denominator }: Rational): number {
  return Number(numerator) / Number(denominator);
}
