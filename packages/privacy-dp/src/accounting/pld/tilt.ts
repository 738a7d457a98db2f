import type { GridLoss } from './grid-loss.js';

/** A loss that is added so many times. */
export interface Repeated {
  readonly loss: GridLoss;
  readonly count: number;
}

/** ln of a probability, relative to the largest, below which a point counts for nothing in a sum. */
const negligible = -50;

/** ln E[e^(theta L)] of a sum of independent losses, and its first two derivatives by theta. */
export interface Cumulants {
  readonly log: number;
  /** Mean of the sum under the tilted probabilities, those multiplied by e^(theta L) and scaled to add up to 1. */
  readonly mean: number;
  readonly variance: number;
}

/** Those of a sum of independent losses at one tilt. @param theta >= 0 */
export function cumulants(losses: readonly Repeated[], theta: number): Cumulants {
  const sum = { log: 0, mean: 0, variance: 0 };
  for (const { loss, count } of losses) {
    const one = cumulantsOf(loss, theta);
    sum.log += count * one.log;
    sum.mean += count * one.mean;
    sum.variance += count * one.variance;
  }
  return sum;
}

function cumulantsOf({ interval, index, logMass }: GridLoss, theta: number): Cumulants {
  const slope = theta * interval;
  let highest = -Infinity;
  let peak = 0;
  for (let i = 0; i < index.length; i++) {
    const log = logMass[i]! + slope * index[i]!;
    if (log > highest) {
      highest = log;
      peak = index[i]!;
    }
  }
  // Distances from the most likely loss, so that the variance does not cancel.
  let total = 0;
  let linear = 0;
  let square = 0;
  for (let i = 0; i < index.length; i++) {
    const log = logMass[i]! + slope * index[i]! - highest;
    if (log < negligible) continue;
    const mass = Math.exp(log);
    const distance = index[i]! - peak;
    total += mass;
    linear += mass * distance;
    square += mass * distance * distance;
  }
  const mean = linear / total;
  return {
    log: highest + Math.log(total),
    mean: (peak + mean) * interval,
    variance: Math.max(0, square / total - mean * mean) * interval * interval,
  };
}

/** Probabilities multiplied by e^(theta L). */
export interface Tilt {
  /** > 0 */
  readonly theta: number;
  readonly cumulants: Cumulants;
}

/**
 * ln of the largest value of e^(-theta s) (1 - e^-s) over s > 0, which is theta^theta / (1 + theta)^(1 + theta). So
 * delta(epsilon) = E[(1 - e^(epsilon - L))_+] <= E[e^(theta (L - epsilon))] times it (Canonne, Kamath and Steinke 2020,
 * arXiv:2004.00010, proposition 12, with order 1 + theta).
 */
export function logLargestWeight(theta: number): number {
  return -theta * Math.log1p(1 / theta) - Math.log1p(theta);
}

/** By Markov's inequality: never below the true epsilon of the losses at this delta, and mostly close to it. */
export function markovEpsilon({ theta, cumulants: { log } }: Tilt, logDelta: number): number {
  return Math.max(0, (log + logLargestWeight(theta) - logDelta) / theta);
}

/** Of the derivative at the tilt, relative to ln(delta). */
const thetaTolerance = 1e-2;
/** Newton's method takes about five; from a guess that is off by e^600, some 200. */
const mostSteps = 400;

/**
 * The tilt with the smallest epsilon by Markov's inequality, or the first one seen that shows epsilon to be 0. Theta is
 * found to a few digits, by Newton's method on the derivative by ln theta, which rises with theta: any theta is valid.
 *
 * @param logDelta < 0
 * @param guess of theta; default: as if the sum were normal
 */
export function bestTilt(losses: readonly Repeated[], logDelta: number, guess?: number): Tilt {
  const start = guess ?? Math.sqrt((-2 * logDelta) / cumulants(losses, 0).variance);
  let x = Number.isFinite(start) && start > 0 ? Math.log(start) : 0;
  let below = -Infinity;
  let above = Infinity;
  for (let step = 0; ; step++) {
    const theta = Math.exp(x);
    const tilt = { theta, cumulants: cumulants(losses, theta) };
    const { log, mean, variance } = tilt.cumulants;
    const excess = theta * mean - log + Math.log1p(theta) + logDelta;
    const isFound = Math.abs(excess) < -thetaTolerance * logDelta || step === mostSteps;
    if (isFound || markovEpsilon(tilt, logDelta) === 0) return tilt;
    if (excess < 0) below = x;
    else above = x;
    const newton = x - excess / (theta * (theta * variance + 1 / (1 + theta)));
    const near = Math.min(x + 3, Math.max(x - 3, newton));
    x = near > below && near < above ? near : (below + above) / 2;
  }
}

/**
 * A loss that the tilted sum exceeds (`side` 1) or stays below (`side` -1) with probability e^logTail at most, by the
 * best of a few Chernoff bounds.
 */
export function tiltedTail(
  losses: readonly Repeated[],
  { theta, cumulants: at }: Tilt,
  logTail: number,
  side: 1 | -1,
): number {
  const normal = Math.sqrt((-2 * logTail) / at.variance);
  let best = side * Infinity;
  for (const scale of [1 / 16, 1 / 4, 1 / 2, 1, 2]) {
    const lambda = scale * normal;
    if (!(lambda > 0 && Number.isFinite(lambda))) continue;
    const bound = (cumulants(losses, theta + side * lambda).log - at.log - logTail) / lambda;
    best = side * Math.min(side * best, bound);
  }
  return best;
}
