import { log1pExp, logExpm1, logSumExp } from '../numeric/index.js';
import { roundingMargin } from './rounding.js';
import { fromWholeOrders } from './whole-orders.js';

/**
 * An upper bound of the Renyi divergence (nats) of a release on a sample of fixed size, drawn without replacement,
 * under replace-one, from the divergences D of the release itself. With g = size / population, at a whole order n,
 * and in between by `fromWholeOrders`, D' = ln(A) / (n - 1) with
 *
 *   A = 1 + g^2 C(n, 2) min{ 4 (e^{D_2} - 1), e^{D_2} min{2, (e^{D_inf} - 1)^2} }
 *         + sum_{j=3..n} g^j C(n, j) e^{(j-1) D_j} min{2, (e^{D_inf} - 1)^j}
 *
 * (Wang, Balle and Kasiviswanathan 2019, arXiv:1808.00087, theorem 9). At order Infinity, pure differential privacy:
 * ln(1 + g (e^D - 1)) (Balle, Barthe and Gaboardi 2018, arXiv:1807.01647, theorem 9).
 *
 * Never above the divergence without sampling, D itself: who is drawn does not depend on the data, and given the
 * draw the two samples differ in one record at most, so that joint quasi-convexity of the divergence applies (van
 * Erven and Harremoes 2014, theorem 13). Where the whole population is drawn it is D.
 *
 * @param order > 1, or Infinity
 * @param size of the sample, an integer from 0 to `population`
 * @param population an integer >= 1
 * @param divergence of one release under replace-one, an upper bound at each order
 */
export function fixedSizeSampledRdp(
  order: number,
  size: number,
  population: number,
  divergence: (order: number) => number,
): number {
  if (size === 0) return 0;
  if (size === population) return divergence(order);
  const ratio = size / population;
  const amplified = fromWholeOrders(order, (n) =>
    n === Infinity
      ? log1pExp(Math.log(ratio) + logExpm1(divergence(n)))
      : log1pExp(logExcess(n, ratio, divergence)) / (n - 1),
  );
  return Math.min(amplified * roundingMargin, divergence(order));
}

/** ln(A - 1) for a whole order. */
function logExcess(order: number, ratio: number, divergence: (order: number) => number): number {
  const logRatio = Math.log(ratio);
  const logPure = logExpm1(divergence(Infinity)); // of e^{D_inf} - 1
  const limit = (j: number): number => Math.min(Math.LN2, j * logPure);
  const terms: number[] = [];
  let logBinomial = Math.log(order); // of (order, j - 1)
  for (let j = 2; j <= order; j++) {
    logBinomial += Math.log((order - j + 1) / j);
    const plain = (j - 1) * divergence(j) + limit(j);
    const term = j === 2 ? Math.min(Math.log(4) + logExpm1(divergence(2)), plain) : plain;
    terms.push(logBinomial + j * logRatio + term);
  }
  return logSumExp(terms);
}
