import { logSumExp } from '../numeric/index.js';
import { roundingMargin } from './rounding.js';

/** What lies further from every peak of the integrand, in standard deviations, is below e^-72 of it. */
const tail = 12;
/** The integration's relative error is below e^-58. */
const digits = 60;
/** Covers the rounding of ln E, which an order near 1 divides by almost nothing. */
const logRounding = 1e-13;

/**
 * Renyi divergences (nats) of one step of DP-SGD that samples and clips single records, between data with and without
 * a group of k records: D(P|Q) and D(Q|P), as neither is proved to be the larger.
 *
 * Each of the k is in the batch with probability q, so the sum of clipped gradients moves by at most j clip norms with
 * j ~ Binomial(k, q). With P the mixture of N(j, z^2) by these weights and Q = N(0, z^2), (P, Q) dominates the step in
 * both directions, and is attained where the k gradients are one vector of the clip norm's length (Ganesh 2024,
 * arXiv:2401.10294; k = 1 is the sampled Gaussian of Mironov, Talwar and Zhang 2019). With r = dP/dQ,
 *
 *   D_a(P|Q) = ln E_Q[r^a] / (a - 1),   D_a(Q|P) = ln E_Q[r^(1 - a)] / (a - 1).
 *
 * @param order a > 1
 * @param samplingProbability q in (0, 1)
 * @param noiseMultiplier z > 0
 * @param records k >= 1
 */
export function groupDivergences(
  order: number,
  samplingProbability: number,
  noiseMultiplier: number,
  records: number,
): readonly [number, number] {
  const logWeights = logBinomials(records, samplingProbability);
  const divergence = (power: number): number =>
    ((logMomentOf(power, noiseMultiplier, logWeights) + logRounding) / (order - 1)) * roundingMargin;
  return [divergence(order), divergence(1 - order)];
}

/**
 * ln E_{t ~ N(0, 1)}[r^p] by the trapezoid rule, r = sum_j w_j e^(j t / z - j^2 / (2 z^2)), for p > 1 or p < 0.
 *
 * r is a polynomial in u = e^(t/z). All its zeros are real and negative: those of (1 - q + q u)^k are, and factors
 * e^(-c j^2) on the coefficients keep them so (Polya and Schur 1914). So r^p is analytic for |Im t| < pi z, and the
 * rule's error is at most 2 M / (e^(2 pi c / step) - 1), with M the integral of the integrand's size at a distance
 * c < pi z from the real axis (Trefethen and Weideman 2014, theorem 5.1). There |r| is at most what it is on the axis,
 * and at least cos(c / (2 z))^k of it, as |1 + s e^(i b)| >= (1 + s) cos(b / 2): so M is at most
 * e^(c^2/2) E, for p < 0 divided by cos(c / (2 z))^(k |p|).
 */
function logMomentOf(p: number, z: number, logWeights: readonly number[]): number {
  const records = logWeights.length - 1;
  const distance = Math.min(2 * Math.PI, p > 0 ? Math.PI * z * 0.999 : z / Math.sqrt(Math.max(1, -p * records)));
  const growth = distance ** 2 / 2 + (p > 0 ? 0 : p * records * Math.log(Math.cos(distance / (2 * z))));
  const step = (2 * Math.PI * distance) / (digits + growth);
  // For p > 1 the integrand is, by convexity, at most a mixture of normal densities around p j / z. For p < 0 it falls
  // from at most w_0^p phi(t).
  const lower = p > 0 ? -tail : -Math.sqrt(tail ** 2 + 2 * p * logWeights[0]!);
  const upper = p > 0 ? (p * records) / z + tail : tail;
  const logRatio = logRatioOf(z, logWeights);
  const terms: number[] = [];
  for (let t = lower; t <= upper; t += step) terms.push(p * logRatio(t) - (t * t) / 2);
  return logSumExp(terms) + Math.log(step / Math.sqrt(2 * Math.PI));
}

/**
 * ln r(t), to be asked for t that ascend. The logarithms of its terms are concave in j with a second difference of
 * -1/z^2 and below (a binomial's are concave too): those further than d from the largest are below
 * e^(-d (d - 1) / (2 z^2)) of it, and are left out where that is below e^-60; and as t grows, the largest moves up.
 */
function logRatioOf(z: number, logWeights: readonly number[]): (t: number) => number {
  const records = logWeights.length - 1;
  const reach = Math.ceil(1 + z * Math.sqrt(2 * digits));
  let peak = 0;
  return (t) => {
    const term = (j: number): number => logWeights[j]! + (j * t) / z - (j * j) / (2 * z * z);
    while (peak < records && term(peak + 1) >= term(peak)) peak++;
    const largest = term(peak);
    const last = Math.min(records, peak + reach);
    let sum = 0;
    for (let j = Math.max(0, peak - reach); j <= last; j++) sum += Math.exp(term(j) - largest);
    return largest + Math.log(sum);
  };
}

/** ln of the probabilities of 0 to n under Binomial(n, q), q in (0, 1). */
function logBinomials(n: number, q: number): number[] {
  const logs = [n * Math.log1p(-q)];
  for (let j = 1; j <= n; j++) logs.push(logs[j - 1]! + Math.log((n - j + 1) / j) + Math.log(q) - Math.log1p(-q));
  return logs;
}
