import { assertNotNegative, assertThat } from '@fedward/core';
import { assertDelta } from './delta.js';
import { leastNumber, millsRatio, normalDensity } from '../numeric/index.js';

/**
 * The privacy profile of the Gaussian mechanism: which delta goes with which epsilon. `mu` is its one parameter,
 * sensitivity over standard deviation, 1 / noise multiplier (Dong, Roth and Su 2022, Gaussian differential
 * privacy). Valid whatever the adjacency, as the sensitivity is that of the adjacency.
 */

const range = { minimum: 1e-300, maximum: 1e300, relativeTolerance: 1e-15 };

/** Below this the two tails of the profile are so close that their difference is taken by its Taylor series. */
const smallMu = 0.1;

/** Beyond this many standard deviations delta is below e^-800, less than any double. */
const farTail = 40;

/**
 * ln(delta) of the Gaussian mechanism at an epsilon; -Infinity for mu = 0, 0 for mu = Infinity. Below -800, where
 * no double can hold delta, it is an upper bound, Phi(-a) <= phi(a)/a.
 *
 *   delta = Phi(mu/2 - epsilon/mu) - e^epsilon Phi(-mu/2 - epsilon/mu)
 *
 * (Balle and Wang 2018, arXiv:1805.06530, theorem 8). With a = epsilon/mu - mu/2, b = a + mu and Mills' ratio
 * m(x) = Phi(-x)/phi(x) this is phi(a) (m(a) - m(b)), in which e^epsilon does not appear.
 *
 * @param mu >= 0
 * @param epsilon >= 0, nats
 */
export function gaussianLogDelta(mu: number, epsilon: number): number {
  if (mu === 0) return -Infinity;
  if (mu === Infinity) return 0;
  const a = epsilon / mu - mu / 2;
  if (a > farTail) return logDensity(a) - Math.log(a);
  if (mu < smallMu) return logDensity(a) + Math.log(millsDifference(a, mu));
  if (a >= 0) return logDensity(a) + Math.log(millsRatio(a) - millsRatio(a + mu));
  // Left of the peak Mills' ratio overflows, and delta is no small difference: Phi(-a) = 1 - phi(a) m(-a).
  return Math.log1p(-normalDensity(a) * (millsRatio(-a) + millsRatio(a + mu)));
}

/**
 * Least epsilon (nats) of a Gaussian mechanism at this delta, to about 1e-14 relative. 0 where delta alone is
 * enough, Infinity for mu = Infinity.
 *
 * @param mu >= 0; of several releases with noise multipliers z_i, adaptively chosen: sqrt(sum 1 / z_i^2)
 * @param delta in (0, 1)
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function gaussianEpsilon(mu: number, delta: number): number {
  assertThat(mu >= 0, 'mu', `mu must be >= 0, got ${mu}`);
  assertDelta(delta);
  const logDelta = Math.log(delta);
  const isEnough = (epsilon: number): boolean => gaussianLogDelta(mu, epsilon) <= logDelta;
  if (isEnough(0)) return 0;
  return leastNumber(isEnough, range) ?? Infinity;
}

/**
 * Least noise multiplier with which one Gaussian release is (epsilon, delta)-private: the analytic Gaussian
 * mechanism (Balle and Wang 2018, algorithm 1). The classical sqrt(2 ln(1.25/delta))/epsilon is larger for
 * epsilon < 1, and too small for large epsilon.
 *
 * @param epsilon >= 0, nats
 * @param delta in (0, 1)
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function analyticGaussianNoiseMultiplier(epsilon: number, delta: number): number {
  assertNotNegative('epsilon', epsilon);
  assertDelta(delta);
  const logDelta = Math.log(delta);
  const found = leastNumber((z) => gaussianLogDelta(1 / z, epsilon) <= logDelta, range);
  return found ?? Infinity;
}

function logDensity(x: number): number {
  return (-x * x) / 2 - Math.log(2 * Math.PI) / 2;
}

/**
 * m(a) - m(a + mu) for small mu: sum_{k>=1} (-1)^(k+1) (mu^k / k!) I_k, where I_k is the integral of
 * (t - a)^k phi(t) / phi(a) over t > a: I_0 = m(a), I_1 = 1 - a m(a), I_k = (k - 1) I_(k-2) - a I_(k-1). Terms
 * past the sixteenth are below 0.1^17.
 */
function millsDifference(a: number, mu: number): number {
  let [before, integral] = [millsRatio(a), 1 - a * millsRatio(a)];
  let factor = mu;
  let sum = factor * integral;
  for (let k = 2; k <= 16; k++) {
    [before, integral] = [integral, (k - 1) * before - a * integral];
    factor *= -mu / k;
    sum += factor * integral;
  }
  return sum;
}
