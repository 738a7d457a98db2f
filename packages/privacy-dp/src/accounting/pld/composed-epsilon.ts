import { logAdd } from '../../numeric/log-space.js';
import type { Grid, GridLoss } from './grid-loss.js';
import { largestLoss, type CountedPair, type LossCache } from './release-losses.js';
import type { Direction } from './sampling.js';
import { sumEpsilon, type SumEpsilon } from './sum-epsilon.js';
import { bestTilt, cumulants, markovEpsilon, type Repeated, type Tilt } from './tilt.js';

/** What the grid may add to epsilon, relative. */
const gridTolerance = 1e-5;
/** A grid that turns out to be coarser is kept as long as it adds no more variance than this times what it should. */
const accepted = 3;
const mostTries = 4;
/** Below this epsilon the grid may add `gridTolerance` of this. */
const leastEpsilon = 1e-6;
const fewestBits = 6;
const mostBits = 16;
/** The largest losses, which are left out, take this part of delta: e^-14 = 8e-7. */
const logLeftOut = -14;
/** ln of the probability of losses that are never looked at; a multiple of it, so that few are in use. */
const logTailStep = -64;

/**
 * Least epsilon that releases are proved to have together, in one direction; never below the truth.
 *
 * A first grid, of few points and all scales, shows about where epsilon is and which losses count for it; from that
 * follows the grid that is fine enough.
 *
 * @param delta in (0, 1)
 */
export function composedEpsilon(
  releases: readonly CountedPair[],
  direction: Direction,
  delta: number,
  cache: LossCache,
): number {
  const count = releases.reduce((sum, release) => sum + release.count, 0);
  const logDelta = Math.log(delta) + Math.log1p(-Math.exp(logLeftOut));
  const logCut = Math.log(delta) + logLeftOut - Math.LN2 - Math.log(count);
  const logTail = logTailStep * Math.ceil(logCut / logTailStep);

  const on = (grid: Grid, guess?: number): { losses: readonly Repeated[]; tilt: Tilt } => {
    const losses = cache
      .losses(releases, direction, grid, logTail)
      .map((part) => ({ ...part, loss: withoutTail(part.loss, logCut) }));
    return { losses, tilt: bestTilt(losses, logDelta, guess) };
  };
  const first = on({
    interval: powerOfTwo(largestLoss(releases, direction, logTail)) * 2 ** -30,
    bits: fewestBits,
  });
  const markov = markovEpsilon(first.tilt, logDelta - rounding(first.losses, first.tilt.theta));
  if (markov === 0) return 0;

  let found: SumEpsilon = { epsilon: markov, rate: first.tilt.theta };
  let variance = Infinity;
  for (let tries = 0; tries < mostTries; tries++) {
    const wanted = mostVariance(found);
    if (found.epsilon === 0 || variance <= accepted * wanted) break;
    variance = wanted;
    const grid = gridFor(variance, first.losses, first.tilt);
    for (let sum: SumEpsilon | undefined; !sum; grid.interval *= 2) {
      const { losses, tilt } = on(grid, first.tilt.theta);
      sum = sumEpsilon(losses, logDelta - rounding(losses, tilt.theta), tilt);
      if (sum) found = { ...sum, epsilon: Math.min(sum.epsilon, found.epsilon) };
    }
  }
  return found.epsilon;
}

/**
 * What the grid may add to the variance of the sum so that it adds `gridTolerance` to epsilon at most. More variance v
 * adds v (delta'' - delta') / 2 to delta, so v (1 + rate) / 2 to epsilon.
 */
function mostVariance({ epsilon, rate }: SumEpsilon): number {
  return (2 * gridTolerance * Math.max(epsilon, leastEpsilon)) / (1 + rate);
}

/**
 * The grid that adds so much variance at most: a cell of width h adds h^2 / 4 at most. Half of it is for the cells around
 * 0, of one width, half for those whose width is in proportion to the loss.
 */
function gridFor(variance: number, losses: readonly Repeated[], { theta }: Tilt): { interval: number; bits: number } {
  let count = 0;
  let squares = 0;
  for (const part of losses) {
    const one = cumulants([{ ...part, count: 1 }], theta);
    count += part.count;
    squares += part.count * (one.variance + one.mean ** 2);
  }
  const bits = Math.ceil(Math.log2((squares / variance) * 2) / 2) - 1;
  return {
    interval: powerOfTwo(Math.sqrt((2 * variance) / count)),
    bits: Math.min(mostBits, Math.max(fewestBits, bits)),
  };
}

/** A loss without the largest ones, of probability e^logCut at most: what is left out counts as if it were infinite. */
function withoutTail({ interval, index, logMass }: GridLoss, logCut: number): GridLoss {
  let above = -Infinity;
  let size = index.length;
  while (size > 1 && (above = logAdd(above, logMass[size - 1]!)) <= logCut) size--;
  return { interval, index: index.subarray(0, size), logMass: logMass.subarray(0, size) };
}

function powerOfTwo(atMost: number): number {
  return 2 ** Math.floor(Math.log2(atMost));
}

/**
 * What ln(delta) may be off by, the transform aside: each probability on the grid is precise to 2^-40 relative
 * (quadrature, logarithm, exponential), and theta times loss is rounded.
 */
function rounding(losses: readonly Repeated[], theta: number): number {
  let sum = 0;
  for (const { loss, count } of losses) {
    const largest = Math.max(Math.abs(loss.index[0]!), Math.abs(loss.index.at(-1)!)) * loss.interval;
    sum += count * (2 ** -40 + 2 ** -50 * theta * largest);
  }
  return sum;
}
