import { assertPositive, assertThat, FedwardError } from '@fedward/core';
import { logAdd } from '../../numeric/index.js';
import type { LossDensity, LossLaw } from './loss-law.js';
import type { SampledLoss } from './sampling.js';

/** The points that a loss may be moved to. */
export interface Grid {
  /** A power of two, so that every loss on the grid is exact. */
  readonly interval: number;
  /** From 2^(bits + 1) intervals on, points are 2^-bits to 2^-(bits + 1) of their distance from 0 apart; below, one interval. */
  readonly bits: number;
}

/** A privacy loss on a grid: the loss index[i] x interval has probability e^logMass[i]. */
export interface GridLoss {
  readonly interval: number;
  /** Integers that rise. */
  readonly index: Float64Array;
  readonly logMass: Float64Array;
  /** The largest loss before it was moved to the grid. */
  readonly largest: number;
}

/** What a probability on the grid may be off by, relative: quadrature, logarithm and exponential. */
export const massPrecision = 2 ** -40;

interface Rule {
  /** On (-1, 1). */
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Gauss-Legendre rules, and the widest panel that each may have, times the steepness of the integrand. What is integrated
 * is a density times a fraction that is linear, about, and 0 at one end of the panel. Of f(x) = x e^(sx) on (0, w) the rules
 * with 2, 3 and 4 nodes get (sw)^3 / 540, 6.0e-6 (sw)^5 and 9.0e-9 (sw)^7 of the integral wrong: less than 2^-41 for each.
 */
const rules: readonly { readonly widest: number; readonly rule: Rule }[] = [
  { widest: 6e-4, rule: symmetric([[Math.sqrt(1 / 3), 1]]) },
  { widest: 0.036, rule: symmetric([[Math.sqrt(3 / 5), 5 / 9]], 8 / 9) },
  {
    widest: 0.24,
    rule: symmetric([
      [Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5)), (18 + Math.sqrt(30)) / 36],
      [Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5)), (18 - Math.sqrt(30)) / 36],
    ]),
  },
];
const widestPanel = rules.at(-1)!.widest;

/** Losses are rounded up by more than the error of their computation. */
const lossRounding = 2 ** -50;
/** More than any grid here has: no mistake may take all memory. */
const mostPoints = 2 ** 22;

/**
 * The privacy loss with all of its probability moved to points of a grid, by connecting the dots (Doroshenko, Ghazi,
 * Kamath, Kumar and Manurangsi 2022, arXiv:2207.04380): what is in a cell, between two points, goes to its two ends such
 * that its probability stays what it was under P and under Q. The hockey-stick is then exact at the points, and in
 * between a chord of the true one, which is convex in e^epsilon: never below it, whatever it is composed with.
 *
 * A loss l in the cell from a to b goes to the upper end with the fraction (1 - e^(a - l)) / (1 - e^(a - b)), to the
 * lower one with the rest. Fractions are integrated, not taken from differences of distribution functions: nothing
 * cancels however narrow the cell is, and each end is precise to `massPrecision` however small its probability. That is
 * what the error bounds of the rules say; should the probabilities lack more of 1 than that, for a reason that nobody
 * thought of, what they lack is put at the largest loss.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for an interval that makes no grid of the losses
 */
export function gridLoss(law: LossLaw, sampled: SampledLoss, { interval, bits }: Grid): GridLoss {
  assertPositive('interval', interval);
  const { density, atoms } = law;
  const [lowest, highest] = lossRange(law, sampled);
  const index = pointsBetween(lowest / interval, highest / interval, bits);
  const logMass = new Float64Array(index.length).fill(-Infinity);
  const grid = { interval, index, logMass, largest: highest };

  for (const atom of atoms) {
    const loss = sampled.loss(atom.loss);
    addAtom(grid, loss, atom.logMass + sampled.logWeight(atom.loss, loss));
  }
  const logZero = Math.log(sampled.zero * law.totalVariation);
  if (logZero > -Infinity) addAtom(grid, 0, logZero);
  if (density) {
    let start = density.from;
    for (let i = 0; i + 1 < index.length && start < density.to; i++) {
      const end = Math.min(density.to, sampled.base(index[i + 1]! * interval));
      if (end > start) {
        addCell(grid, i, start, end, density, sampled);
        start = end;
      }
    }
  }
  const lacking = 1 - totalMass(grid);
  if (lacking > massPrecision) logMass[index.length - 1] = logAdd(logMass[index.length - 1]!, Math.log(lacking));
  return grid;
}

/** The smallest and the largest loss after sampling; the computed ones, the largest not below the true one. */
export function lossRange({ density, atoms }: LossLaw, sampled: SampledLoss): readonly [number, number] {
  let [lowest, highest] = density ? [density.from, density.to] : [Infinity, -Infinity];
  for (const { loss } of atoms) {
    lowest = Math.min(lowest, loss);
    highest = Math.max(highest, loss);
  }
  const largest = sampled.loss(highest);
  return [sampled.loss(lowest), largest === highest ? largest : roundedUp(largest)];
}

/** The sum of all probabilities, with compensation (Neumaier 1974): a plain sum is off by as much as is looked for. */
export function totalMass({ logMass }: GridLoss): number {
  let [sum, correction] = [0, 0];
  for (const log of logMass) {
    const mass = Math.exp(log);
    const next = sum + mass;
    correction += sum > mass ? sum - next + mass : mass - next + sum;
    sum = next;
  }
  return sum + correction;
}

function roundedUp(loss: number): number {
  return loss + Math.abs(loss) * lossRounding;
}

/** The points of a grid from one at or below `lowest` to one above `highest`, 0 among them. */
function pointsBetween(lowest: number, highest: number, bits: number): Float64Array {
  const isInRange = lowest >= -Number.MAX_SAFE_INTEGER && highest <= Number.MAX_SAFE_INTEGER;
  assertThat(isInRange, 'interval', `interval makes whole numbers up to ${highest} out of the losses`);
  const outwards = (end: number): number[] => {
    const points: number[] = [];
    for (let point = 0, width = 1, next = 2 ** (bits + 1); point <= end;) {
      if (points.length === mostPoints)
        throw new FedwardError('ARGUMENT_INVALID', `interval makes more than ${mostPoints} points`, 'interval');
      if (point >= next) [width, next] = [2 * width, 2 * next];
      points.push((point += width));
    }
    return points;
  };
  // Losses are rounded up by a little: one point more than their range has.
  const beyond = 2 ** -40;
  const negative = outwards(Math.max(0, -lowest) * (1 + beyond)).map((point) => -point);
  return Float64Array.from([...negative.toReversed(), 0, ...outwards(Math.max(0, highest) * (1 + beyond))]);
}

/** One loss, divided between its two neighbours on the grid. */
function addAtom({ interval, index, logMass }: GridLoss, exact: number, log: number): void {
  const loss = roundedUp(exact);
  const i = lastAtMost(index, loss / interval);
  const below = index[i]! * interval;
  const above = Math.expm1(below - loss) / Math.expm1(below - index[i + 1]! * interval);
  logMass[i] = logAdd(logMass[i]!, log + Math.log1p(-above));
  logMass[i + 1] = logAdd(logMass[i + 1]!, log + Math.log(above));
}

/** By bisection: the greatest i with index[i] <= at. */
function lastAtMost(index: Float64Array, at: number): number {
  let [low, high] = [0, index.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (index[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** All of the density between two losses before sampling that is in cell `i` after it, panel by panel. */
function addCell(
  { interval, index, logMass }: GridLoss,
  i: number,
  start: number,
  end: number,
  density: LossDensity,
  sampled: SampledLoss,
): void {
  const cell = index[i]! * interval;
  const whole = Math.expm1(cell - index[i + 1]! * interval);
  for (let from = start; from < end;) {
    const steepness = steepnessFrom(from, end, density);
    const to = Math.min(end, from + widestPanel / steepness);
    const half = (to - from) / 2;
    if (half === 0) break; // no double lies between
    const width = 2 * half * steepness;
    const { nodes, weights } = (rules.find(({ widest }) => width <= widest) ?? rules.at(-1)!).rule;
    let reference = 0; // relative to the first node, as probabilities may be too small for a double
    let lower = 0;
    let upper = 0;
    for (let n = 0; n < nodes.length; n++) {
      const base = from + half * (1 + nodes[n]!);
      const exact = sampled.loss(base);
      const log = density.logDensity(base) + sampled.logWeight(base, exact);
      if (n === 0) reference = log;
      const mass = Math.exp(log - reference) * weights[n]!;
      const above = Math.expm1(cell - roundedUp(exact)) / whole;
      upper += mass * above;
      lower += mass * (1 - above);
    }
    reference += Math.log(half);
    if (lower > 0) logMass[i] = logAdd(logMass[i]!, reference + Math.log(lower));
    if (upper > 0) logMass[i + 1] = logAdd(logMass[i + 1]!, reference + Math.log(upper));
    from = to;
  }
}

/**
 * Steepness of what is integrated, over the panel that begins here. The density is multiplied by 1 and by e^-y, which is
 * what weights and fractions are sums of, whatever the sampling: that adds 1 at most.
 */
function steepnessFrom(from: number, end: number, density: LossDensity): number {
  const here = 1 + density.steepness(from);
  return Math.max(here, 1 + density.steepness(Math.min(end, from + widestPanel / here)));
}

/** A rule from its positive nodes and their weights, and the weight of 0 if that is a node. */
function symmetric(half: readonly (readonly [number, number])[], middle?: number): Rule {
  const both = half.flatMap(([node, weight]) => [[-node, weight] as const, [node, weight] as const]);
  if (middle !== undefined) both.push([0, middle]);
  return { nodes: both.map(([node]) => node), weights: both.map(([, weight]) => weight) };
}
