import type { Grid } from './grid-loss.js';
import { cumulants, type Repeated, type Tilt } from './tilt.js';

const fewestBits = 5;
const mostBits = 14;
/** Of the largest loss, the least interval: what is finer than this counts for nothing. */
const leastOfLargest = 2 ** -40;

/** What a grid may add to epsilon, and what epsilon is like where that counts. */
export interface Aim {
  /** Absolute, > 0. */
  readonly tolerance: number;
  /** -d ln(delta) / d epsilon, about. */
  readonly rate: number;
}

/**
 * The coarsest grid that adds so much to epsilon at most, judged by the losses on another grid and their tilt. Half of it
 * is for the cells around 0, of one width, half for those whose width is in proportion to the loss.
 *
 * A cell of width h adds to the sum a variance of h^2 / 4 at most. More variance v adds v (delta'' - delta') / 2 to delta,
 * so v (1 + rate) / 2 to epsilon. And no loss moves up by more than h, which is the lesser where epsilon is close to the
 * largest loss there is and the rate has no bound.
 */
export function gridFor({ tolerance, rate }: Aim, losses: readonly Repeated[], { theta }: Tilt): Grid {
  const variance = (2 * tolerance) / (1 + rate);
  let [count, squares, distance, largest] = [0, 0, 0, 0];
  for (const part of losses) {
    const one = cumulants([{ ...part, count: 1 }], theta);
    const square = one.variance + one.mean ** 2;
    count += part.count;
    squares += part.count * square;
    distance += part.count * Math.sqrt(square);
    largest = Math.max(largest, part.loss.interval * Math.abs(part.loss.index.at(-1)!));
  }
  const bits = Math.min(Math.log2(squares / (2 * variance)) / 2, Math.log2((2 * distance) / tolerance));
  const interval = Math.max(Math.sqrt((2 * variance) / count), tolerance / (2 * count), leastOfLargest * largest);
  return {
    interval: powerOfTwo(interval),
    bits: Math.min(mostBits, Math.max(fewestBits, Math.ceil(bits))),
  };
}

/** Whether a grid is about as fine as another: it may add four times as much. */
export function isAbout(grid: Grid, wanted: Grid): boolean {
  return grid.interval <= 2 * wanted.interval && grid.bits >= wanted.bits - 1;
}

/** The largest power of two that is no larger. */
export function powerOfTwo(atMost: number): number {
  return 2 ** Math.floor(Math.log2(atMost));
}
