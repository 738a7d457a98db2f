import { largest } from '@fedward/core';
import { gridLoss, lossRange, type Grid, type GridLoss } from './grid-loss.js';
import { lossLaw, type LossPair } from './loss-law.js';
import { sampledLoss, type Direction, type Sampling } from './sampling.js';
import type { Repeated } from './tilt.js';

/** A release that has noise, and how often it happens. */
export interface CountedPair {
  readonly pair: LossPair;
  readonly sampling: Sampling;
  readonly count: number;
}

/** Keeps the losses of releases on their grids, as the rounds of a run use them again. */
export interface LossCache {
  /**
   * @param logTail of each release's largest losses; what is left out has probability e^logTail at most
   */
  losses(releases: readonly CountedPair[], direction: Direction, grid: Grid, logTail: number): Repeated[];
}

/** All that is kept has this many points together at most: 32 MB. */
const mostPoints = 2 ** 21;

/** An empty cache. It forgets all once it is full. */
export function lossCache(): LossCache {
  const known = new Map<string, GridLoss>();
  let points = 0;
  return {
    losses: (releases, direction, grid, logTail) =>
      releases.map(({ pair, sampling, count }) => {
        const key = JSON.stringify([pair, sampling, direction, grid, logTail]);
        let loss = known.get(key);
        if (!loss) {
          loss = gridLoss(lossLaw(pair, logTail, sampling.kind !== 'all'), sampledLoss(sampling, direction), grid);
          points += loss.index.length;
          if (points > mostPoints) {
            known.clear();
            points = loss.index.length;
          }
          known.set(key, loss);
        }
        return { loss, count };
      }),
  };
}

/** The largest absolute value that a loss of any of the releases has. */
export function largestLoss(releases: readonly CountedPair[], direction: Direction, logTail: number): number {
  const ranges = releases.map(({ pair, sampling }) =>
    lossRange(lossLaw(pair, logTail, sampling.kind !== 'all'), sampledLoss(sampling, direction)),
  );
  return largest(ranges.flat().map(Math.abs));
}
