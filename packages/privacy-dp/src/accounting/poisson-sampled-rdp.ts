import { log1pExp, logExpm1, logSumExp } from '../numeric/index.js';
import { roundingMargin } from './rounding.js';
import { fromWholeOrders } from './whole-orders.js';

/**
 * An upper bound of the Renyi divergence (nats) of a release on a Poisson sample under add-or-remove-one, from the
 * divergences D of the release itself. At a whole order n, and in between by `fromWholeOrders`,
 *
 *   D' = ln(A) / (n - 1),   A = sum_{k=0..n} C(n, k) (1 - q)^(n-k) q^k e^{(k-1) D_k}
 *
 * (Zhu and Wang 2019, Poisson subsampled Renyi differential privacy: for a release in general the terms from k = 3
 * on count three times, for the noise below once, and then it is exact). A is E_Q[(1 - q + q P/Q)^n], with P what the release gives with the record and Q without, given
 * who else was drawn. That is the divergence of the sampled release with the record from that without. The other
 * direction, without from with, is never the larger where some involution of the outcomes swaps P and Q, as the
 * reflection about the midpoint does for additive noise that is symmetric: Gaussian, Laplace, discrete Gaussian
 * (Mironov, Talwar and Zhang 2019, arXiv:1908.10530, theorem 5). In short: with r = P/Q, u = 1 - q + q r,
 * v = 1 - q + q / r, the swap turns the claim into u^n - u^(1-n) + r (v^n - v^(1-n)) >= 0 for r >= 1. With
 * L = ln u >= w = -ln v >= 0 the ratio of u^n - u^(1-n) = 2 sqrt(u) sinh((n - 1/2) L) to
 * -r (v^n - v^(1-n)) = 2 r sqrt(v) sinh((n - 1/2) w) grows with n, and is 1 at n = 1.
 *
 * At order Infinity, pure differential privacy: ln(1 + q (e^D - 1)).
 *
 * @param order > 1, or Infinity
 * @param q sampling probability, in [0, 1]
 * @param divergence of one unsampled release of symmetric noise, an upper bound at each order
 */
export function poissonSampledRdp(order: number, q: number, divergence: (order: number) => number): number {
  if (q === 0) return 0;
  if (q === 1) return divergence(order);
  const amplified = fromWholeOrders(order, (n) =>
    n === Infinity
      ? log1pExp(Math.log(q) + logExpm1(divergence(n)))
      : log1pExp(logExcessByBinomials(n, q, divergence)) / (n - 1),
  );
  return Math.min(amplified * roundingMargin, divergence(order));
}

/**
 * ln(A - 1) for a whole order n. As the binomial weights add up to 1,
 * A - 1 = sum_{k=2..n} C(n, k) (1 - q)^(n-k) q^k (e^{(k-1) D_k} - 1), each term positive. (A is so close to 1 for
 * small q that A itself would keep few of its digits.)
 *
 * @param q in (0, 1)
 */
export function logExcessByBinomials(order: number, q: number, divergence: (order: number) => number): number {
  const terms: number[] = [];
  const [logTaken, logLeft] = [Math.log(q), Math.log1p(-q)];
  let logBinomial = Math.log(order); // of (order, k - 1)
  for (let k = 2; k <= order; k++) {
    logBinomial += Math.log((order - k + 1) / k);
    terms.push(logBinomial + k * logTaken + (order - k) * logLeft + logExpm1((k - 1) * divergence(k)));
  }
  return logSumExp(terms);
}
