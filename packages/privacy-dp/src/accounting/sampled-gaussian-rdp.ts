import { largest } from '@fedward/core';
import { log1pExp, logExpm1, logSumExp } from '../numeric/index.js';
import { logExcessByBinomials } from './poisson-sampled-rdp.js';
import { roundingMargin } from './rounding.js';

/** Below this noise multiplier, where one step costs an epsilon in the thousands, integration takes ever more points. */
const leastIntegrated = 0.01;

/**
 * Renyi divergence (nats) of order `order` of one Poisson-sampled Gaussian release, the larger of the two
 * directions of add-or-remove-one:
 *
 *   D = ln(A) / (order - 1),   A = E_{x ~ N(0, z^2)} [ ((1 - q) + q e^{(2x - 1) / (2 z^2)})^order ]
 *
 * (Mironov, Talwar and Zhang 2019, arXiv:1908.10530, section 3; theorem 5 says that this direction is the larger).
 * Exact to about 1e-12 relative and never below the truth, at whole orders by the binomial sum of their section
 * 3.3, at fractional ones by numerical integration instead of their alternating series, which cancels and
 * converges slowly. Below a noise multiplier of 0.01 it is an upper bound, by convexity:
 * (1 - q + q e^y)^order <= 1 - q + q e^(order y).
 *
 * @param order > 1; at Infinity the divergence is Infinity
 * @param samplingProbability q in [0, 1]
 * @param noiseMultiplier z >= 0; Infinity is returned where the divergence overflows, 0 included
 */
export function sampledGaussianRdp(order: number, samplingProbability: number, noiseMultiplier: number): number {
  if (samplingProbability === 0) return 0;
  if (samplingProbability === 1 || order === Infinity) return gaussianRdp(order, noiseMultiplier);
  const logExcess =
    noiseMultiplier < leastIntegrated
      ? logExcessBound(order, samplingProbability, noiseMultiplier)
      : Number.isInteger(order)
        ? logExcessByBinomials(order, samplingProbability, (k) => gaussianRdp(k, noiseMultiplier))
        : logExcessByQuadrature(order, samplingProbability, noiseMultiplier);
  return (log1pExp(logExcess) / (order - 1)) * roundingMargin;
}

/** Renyi divergence (nats) of one Gaussian release: order / (2 z^2) (Mironov 2017, proposition 7). */
export function gaussianRdp(order: number, noiseMultiplier: number): number {
  return order / (2 * noiseMultiplier * noiseMultiplier);
}

// The functions below give ln(A - 1). A is so close to 1 for small q that A itself would keep few of its digits.

/** The integrand is left out where it is below e^(-tail^2/2) = 2e-22 of its peak. */
const tail = 10;
/** The integration error aimed at is e^-digits, 4e-18; it stays below e^-34 with what the bound leaves out. */
const digits = 40;
const widestStep = 0.5;

/**
 * ln(A - 1) for any order a > 1, by the trapezoid rule. With x = z t, y = t/z - 1/(2z^2) and u = q (e^y - 1),
 *
 *   A - 1 = integral of phi(t) h(u) dt,   h(u) = (1 + u)^a - 1 - a u >= 0,
 *
 * as E[u] = 0: what is integrated is never negative, so that nothing cancels.
 *
 * Step: the rule's error for an analytic integrand is e^(-2 pi c / step) times the integrand's size on a line at
 * distance c from the real axis (Trefethen and Weideman 2014, theorem 5.1). The Gaussian alone allows step 0.5
 * (error e^-79). The power's branch points, where 1 + u = 0, lie at distance pi z, at t* = z ln((1-q)/q) + 1/(2z):
 * they need a finer step where z is small, but matter only as far as the integrand at t* does against its peak.
 */
export function logExcessByQuadrature(order: number, q: number, z: number): number {
  const logIntegrand = (t: number): number => logBernoulli(order, logRatio(q, t / z - 1 / (2 * z * z))) - (t * t) / 2;
  const lower = -tail;
  const upper = Math.max(order, 2) / z + tail;
  const branch = z * Math.log((1 - q) / q) + 1 / (2 * z);
  const atBranch = order * Math.log(2 * (1 - q)) - (branch * branch) / 2;
  const peak = largest([-1, 0, branch, 2 / z, order / z].map(logIntegrand));
  const needed = digits + Math.min(0, atBranch - peak);
  const step = needed > 0 ? Math.min(widestStep, (2 * Math.PI ** 2 * z) / needed) : widestStep;

  const terms: number[] = [];
  for (let i = 0; lower + i * step <= upper; i++) terms.push(logIntegrand(lower + i * step));
  return logSumExp(terms) + Math.log(step / Math.sqrt(2 * Math.PI));
}

/** ln((1 - q) + q e^y). Where e^y overflows, 1 - q is 1 or does not count. */
function logRatio(q: number, y: number): number {
  return y < 700 ? Math.log1p(q * Math.expm1(y)) : log1pExp(y + Math.log(q));
}

/**
 * ln(r^a - 1 - a (r - 1)) given L = ln(r): the gap in Bernoulli's inequality. With w = (a - 1) L it is
 * r (e^w - 1) - (a - 1)(r - 1), which stays precise for orders near 1, and for r near 1 its binomial series.
 */
function logBernoulli(a: number, logR: number): number {
  const w = (a - 1) * logR;
  if (w > 30) return a * logR + Math.log1p(-(1 - (a - 1) * Math.expm1(-logR)) * Math.exp(-w));
  const u = Math.expm1(logR);
  if (Math.abs(u) * (a + 1) > 0.1) return logR + Math.log(Math.expm1(w) + (a - 1) * Math.expm1(-logR));
  let term = (a * (a - 1)) / 2;
  let sum = term;
  for (let k = 3; Math.abs(term) > 1e-17 * sum; k++) {
    term *= (u * (a - k + 1)) / k;
    sum += term;
  }
  return 2 * Math.log(Math.abs(u)) + Math.log(sum);
}

/** An upper bound of ln(A - 1): as the power is convex, A - 1 <= q (e^{a(a-1)/(2z^2)} - 1). */
function logExcessBound(order: number, q: number, z: number): number {
  return Math.log(q) + logExpm1((order * (order - 1)) / (2 * z * z));
}
