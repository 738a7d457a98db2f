import { logAdd } from '../../numeric/index.js';
import { gridFor, isAbout, powerOfTwo } from './grid-choice.js';
import { massPrecision, type Grid, type GridLoss } from './grid-loss.js';
import { largestLoss, type CountedPair, type LossCache } from './release-losses.js';
import type { Direction } from './sampling.js';
import { leastInterval, sumEpsilon, type SumEpsilon } from './sum-epsilon.js';
import { bestTilt, cumulants, markovEpsilon, type Repeated, type Tilt } from './tilt.js';

/** What the grid may add to epsilon: `toleranceOf` it. */
const relativeTolerance = 1e-4;
const absoluteTolerance = 2e-5;
const mostRelative = 0.01;
/** At first a grid that may add so many times more shows where epsilon is. */
const coarser = 100;
/** This part of delta may be for errors of computation; more, and epsilon is not sharp. */
const mostSlack = 0.01;
/** Of the largest loss that there is; from there on bounds by moments are as sharp as a grid. */
const nearLargest = 0.9;
/** How many further tilts are tried where the best one of Markov's inequality gives nothing sharp. */
const otherTilts = 2;
/** The first grid of all. */
const firstBits = 6;
/** The largest losses, which are left out, take this part of delta: e^-14 = 8e-7. */
const logLeftOut = -14;
/** ln of the probability of losses that are never looked at; a multiple of it, so that few are in use. */
const logTailStep = -64;

/** What is proved of releases together, and whether it is all that there is to prove. */
export interface ComposedEpsilon {
  readonly epsilon: number;
  /** Whether it is as close to the truth as the grid was meant to be; if not, another bound may be closer. */
  readonly isSharp: boolean;
}

/**
 * Least epsilon that releases are proved to have together, in one direction; never below the truth.
 *
 * A first grid, of few points and all scales, shows about where epsilon is and which losses count for it; from that
 * follows the grid that is fine enough.
 *
 * That it is never below the truth rests on these:
 * - Losses only move up, or apart with their mean of e^-loss kept: see `gridLoss`. The largest are left out, and their
 *   probability is taken from delta.
 * - All sums are of positive terms. What they may be off by is taken from delta, by `rounding` for the probabilities and
 *   by `sumEpsilon` for the transform and its window, whatever it comes to: with so many releases that it is all of
 *   delta, what is left is Markov's inequality, and in the end no finite bound.
 * - Which grid, tilt and window are used decides how close the bound is, never whether it holds.
 *
 * @param delta in (0, 1)
 * @param enough an epsilon; with one proved that is no larger, nothing closer is sought
 */
export function composedEpsilon(
  releases: readonly CountedPair[],
  direction: Direction,
  delta: number,
  cache: LossCache,
  enough = 0,
): ComposedEpsilon {
  const count = releases.reduce((sum, release) => sum + release.count, 0);
  const logDelta = Math.log(delta) + Math.log1p(-Math.exp(logLeftOut));
  const logCut = Math.log(delta) + logLeftOut - Math.LN2 - Math.log(count);
  const logTail = logTailStep * Math.ceil(logCut / logTailStep);
  const on = (grid: Grid): readonly Repeated[] =>
    cache.losses(releases, direction, grid, logTail).map((part) => ({ ...part, loss: withoutTail(part.loss, logCut) }));

  const largest = largestLoss(releases, direction, logTail);
  const first: Grid = { interval: powerOfTwo(largest) * 2 ** -30, bits: firstBits };
  const losses = on(first);
  const best = bestTilt(losses, logDelta);
  const sumOfLargest = losses.reduce((sum, part) => sum + part.count * part.loss.largest, 0);
  const markov = Math.min(Math.max(0, sumOfLargest), markovEpsilon(best, logDelta - rounding(losses, best.theta)));
  if (markov <= enough) return { epsilon: markov, isSharp: true };

  /** With these probabilities in sight: finer and finer grids, until one adds no more than it may. */
  const seen = (tilt: Tilt, begin: SumEpsilon): Seen => {
    const { theta } = tilt;
    // Near the tilt are the losses that count; another grid needs no other tilt.
    const least = powerOfTwo(2 * leastInterval(losses, tilt));
    let found = begin;
    const wanted = (times = 1): Grid =>
      gridFor({ tolerance: times * toleranceOf(found.epsilon), rate: found.rate }, losses, tilt);
    let grid: Grid = first;
    let slack = Infinity;
    for (const times of [coarser, 1, 1, 1]) {
      const next = wanted(times);
      const interval = Math.max(least, next.interval);
      if (grid !== first && isAbout(grid, { ...next, interval })) break;
      grid = { ...next, interval };
      const finer = on(grid);
      const precision = rounding(finer, theta);
      const sum = sumEpsilon(
        finer,
        logDelta - precision,
        { theta, cumulants: cumulants(finer, theta) },
        times * toleranceOf(found.epsilon),
      );
      if (!sum) break;
      found = { ...sum, epsilon: Math.min(sum.epsilon, found.epsilon) };
      slack = precision + sum.unknown;
      if (found.epsilon <= enough) break;
    }
    const mayAdd = Math.min(mostSlack, found.rate * toleranceOf(found.epsilon));
    const isSharp = isAbout(grid, wanted()) && slack <= mayAdd && found.epsilon < nearLargest * sumOfLargest;
    return { found, isSharp: isSharp || found.epsilon <= enough };
  };

  let result = seen(best, { epsilon: markov, rate: best.theta, unknown: 1 });
  // Where a few huge losses outweigh the rest, Markov's tilt has them in sight. The rate of delta is the better one.
  for (let again = 0; again < otherTilts && !result.isSharp; again++) {
    const { rate } = result.found;
    if (!(rate > 0 && rate < best.theta)) break;
    const theta = rate / 4 ** again;
    const next = seen({ theta, cumulants: cumulants(losses, theta) }, result.found);
    result = { found: next.found, isSharp: next.isSharp };
  }
  return { epsilon: result.found.epsilon, isSharp: result.isSharp };
}

/** The least epsilon that was proved, and what is known of it. */
interface Seen {
  readonly found: SumEpsilon;
  readonly isSharp: boolean;
}

/** Nobody minds 2e-5 of an epsilon, and for a small one a grid is fine enough that is fast; but not 1 % of it. */
function toleranceOf(epsilon: number): number {
  return Math.max(relativeTolerance * epsilon, Math.min(absoluteTolerance, mostRelative * epsilon));
}

/** A loss without the largest ones, of probability e^logCut at most: what is left out counts as if it were infinite. */
function withoutTail({ index, logMass, ...loss }: GridLoss, logCut: number): GridLoss {
  let above = -Infinity;
  let size = index.length;
  while (size > 1 && (above = logAdd(above, logMass[size - 1]!)) <= logCut) size--;
  return { ...loss, index: index.subarray(0, size), logMass: logMass.subarray(0, size) };
}

/**
 * What ln(delta) may be off by, the transform aside: the precision of each probability on the grid, and the rounding of
 * theta times loss.
 */
function rounding(losses: readonly Repeated[], theta: number): number {
  let sum = 0;
  for (const { loss, count } of losses) {
    const largest = Math.max(Math.abs(loss.index[0]!), Math.abs(loss.index.at(-1)!)) * loss.interval;
    sum += count * (massPrecision + 2 ** -50 * theta * largest);
  }
  return sum;
}
