import { gaussianLogDelta } from '../gaussian-profile.js';
import { leastNumber } from '../../numeric/index.js';
import type { Direction } from './sampling.js';

/**
 * Least epsilon of one Gaussian release on a Poisson sample, in one direction of add-or-remove-one: to about 1e-14, by the
 * profile of the Gaussian. With q the rate and d its delta,
 *
 *   removal:   q d(ln(1 + (e^epsilon - 1) / q))
 *   addition:  a d(epsilon + ln(q / a)),  a = 1 - e^epsilon (1 - q), and 0 where a is not above 0
 *
 * (Balle, Barthe and Gaboardi 2018, arXiv:1807.01647, theorem 2, for the first; both follow from the pairs in `sampledLoss`).
 *
 * @param mu of the Gaussian, 1 / noise multiplier
 * @param rate in (0, 1)
 * @param delta in (0, 1)
 */
export function sampledGaussianEpsilon(mu: number, rate: number, direction: Direction, delta: number): number {
  const logDelta = Math.log(delta);
  const isEnough = (epsilon: number): boolean => sampledLogDelta(mu, rate, direction, epsilon) <= logDelta;
  if (isEnough(0)) return 0;
  return leastNumber(isEnough, { minimum: 1e-300, maximum: 1e300, relativeTolerance: 1e-15 }) ?? Infinity;
}

/** ln(delta) at an epsilon >= 0. */
function sampledLogDelta(mu: number, rate: number, direction: Direction, epsilon: number): number {
  if (direction === 'remove') {
    const excess = Math.expm1(epsilon) / rate;
    // Where e^epsilon is too large for a double, 1 - rate is nothing beside it.
    const inner = Number.isFinite(excess) ? Math.log1p(excess) : epsilon - Math.log(rate);
    return Math.log(rate) + gaussianLogDelta(mu, inner);
  }
  const left = -Math.expm1(epsilon + Math.log1p(-rate));
  return left > 0 ? Math.log(left) + gaussianLogDelta(mu, epsilon + Math.log(rate / left)) : -Infinity;
}
