import { FedwardError } from '@fedward/core';
import type { ImputationSettings } from '@fedward/kit-tables';
import { variablesOf, variableStarts, writeVariables, type ImputedColumn } from './columns.js';
import { mediansFromBins, modesFromLevels, nothingIn } from './constants.js';
import type { ImputationModel } from './model.js';
import type { Question, RidgeChain, RidgeStep } from './question.js';
import { ridgeFromSums } from './ridge.js';

/** Statistics that somebody who has the records can tell at once. */
export interface KnownStatistics {
  median(column: number): number;
  mode(column: number): number;
}

/** How an imputation is learned. */
export interface LearnOptions {
  readonly columns: readonly ImputedColumn[];
  readonly settings: ImputationSettings;
  /** Means only of what is cut to its bounds, so that the sums can have a price. */
  readonly bounded?: boolean;
  /** Where the records are at hand. */
  readonly known?: KnownStatistics;
}

/** The learned parts of a model that are sums. */
export type Learned = Pick<ImputationModel, 'constants' | 'ridge'>;

type Asking<T> = Generator<Question, T, Float64Array>;
type Method = NonNullable<ImputedColumn['method']>;

/**
 * Learns from sums: it gives one question after another, is given the sums of all answers to it, and returns what it has
 * learned. It is the same for one hospital and for many, so that the two differ in the order of additions alone.
 *
 * @throws {FedwardError} DATA_EMPTY, naming the column, where no record has a value of one that is to be learned
 */
export function* learnFromSums({ columns, settings, bounded = false, known }: LearnOptions): Asking<Learned> {
  const those = (...methods: readonly Method[]): number[] =>
    columns.flatMap(({ method }, i) => (method && methods.includes(method) ? [i] : []));
  const constants = columns.map((): number | null => null);
  const put = (of: readonly number[], values: readonly number[]): void =>
    of.forEach((i, k) => (constants[i] = values[k]!));

  const withRidge = those('ridge').length > 0;
  const averaged = withRidge ? columns.map((_, i) => i) : those('mean');
  const means = averaged.length > 0 ? yield* meansOf(columns, averaged, bounded) : undefined;
  for (const i of those('mean')) constants[i] = means!.centers[i]![0]!;
  if (known) {
    for (const i of those('median')) constants[i] = known.median(i);
    for (const i of those('mode')) constants[i] = known.mode(i);
  } else {
    put(those('median'), yield* mediansFromBins(columns, those('median')));
    put(those('mode'), yield* modesFromLevels(columns, those('mode')));
  }
  if (!withRidge) return { constants, ridge: null };
  const chain = yield* chainFrom(columns, means!, constants, settings);
  // Those of whom most records have a value come first; of equals the one that is listed first.
  const order = those('ridge').sort((a, b) => means!.counts[b]! - means!.counts[a]! || a - b);
  return { constants, ridge: yield* steps(columns, chain, order, settings) };
}

interface Means {
  /** [columns]: number of values. */
  readonly counts: number[];
  /** [columns][variables] */
  readonly centers: number[][];
}

function* meansOf(columns: readonly ImputedColumn[], of: readonly number[], bounded: boolean): Asking<Means> {
  const answer = yield { ask: 'means', of: [...of], bounded };
  const counts = columns.map(() => 0);
  const centers = columns.map((): number[] => []);
  let at = of.length;
  of.forEach((i, k) => {
    const column = columns[i]!;
    const size = variablesOf(column);
    counts[i] = answer[k]!;
    if (!(counts[i] > 0)) throw nothingIn(column);
    const own = Array.from(answer.subarray(at, (at += size)), (sum) => sum / counts[i]!);
    centers[i] = bounded ? own.map((mean) => unbounded(column, mean)) : own;
  });
  return { counts, centers };
}

/** From within [-1, 1] back to what it stands for; noise may have moved it beyond. */
function unbounded(column: ImputedColumn, mean: number): number {
  if (!('bounds' in column) || !column.bounds) return mean;
  const [low, high] = column.bounds;
  return low / 2 + high / 2 + Math.min(1, Math.max(-1, mean)) * (high / 2 - low / 2);
}

/** Scales, and what the chain begins with: the column's constant where it has one, else its mean. */
function* chainFrom(
  columns: readonly ImputedColumn[],
  means: Means,
  constants: readonly (number | null)[],
  { units }: ImputationSettings,
): Asking<RidgeChain> {
  const starts = variableStarts(columns);
  const centers = means.centers.flat();
  let spreads = centers.map(() => 1);
  if (units === 'deviations') {
    const squares = yield { ask: 'spreads', centers };
    const counts = columns.flatMap((column, i) => Array<number>(variablesOf(column)).fill(means.counts[i]!));
    spreads = spreadsFrom(squares, counts, centers);
  }
  const start = new Float64Array(centers.length);
  columns.forEach((column, i) => {
    const [from, to] = [starts[i]!, starts[i + 1]!];
    if (constants[i] === null) return; // scaled, its mean is 0
    writeVariables(column, constants[i]!, start, from);
    for (let j = from; j < to; j++) start[j] = (start[j]! - centers[j]!) / spreads[j]!;
  });
  return { centers: [...centers], spreads: [...spreads], start: [...start], steps: [] };
}

/** The deviation of each variable (divided by n, not n - 1); 1 where it is constant but for rounding. */
export function spreadsFrom(squares: Float64Array, counts: readonly number[], centers: readonly number[]): number[] {
  return counts.map((n, j) => {
    const deviation = Math.sqrt(squares[j]! / n);
    return deviation > 1e-12 * Math.abs(centers[j]!) ? deviation : 1;
  });
}

function* steps(
  columns: readonly ImputedColumn[],
  chain: RidgeChain,
  order: readonly number[],
  { iterations, ridge }: ImputationSettings,
): Asking<RidgeChain> {
  const starts = variableStarts(columns);
  const done: RidgeStep[] = [];
  for (let iteration = 0; iteration < iterations; iteration++)
    for (const column of order) {
      const answer = yield { ask: 'products', column, chain: { ...chain, steps: [...done] } };
      const targets = starts[column + 1]! - starts[column]!;
      const others = starts.at(-1)! - targets;
      const [count, sums, products] = [1, others + targets, others * others];
      const sizes = {
        count: answer[0]!,
        sums: answer.subarray(count, count + sums),
        products: answer.subarray(count + sums, count + sums + products),
        cross: answer.subarray(count + sums + products),
      };
      done.push(ridgeFromSums(sizes, column, targets, ridge, columns[column]!.name));
    }
  return { ...chain, steps: done };
}

/**
 * What can't be learned from sums of a federation is refused before anybody is asked.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the column
 */
export function assertFromSums(columns: readonly ImputedColumn[], priced: boolean): void {
  const refuse = ({ name }: ImputedColumn, why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `column "${name}": ${why}`, name);
  };
  for (const column of columns) {
    const { method } = column;
    const withBounds = 'levels' in column || column.bounds !== undefined;
    if (method === 'knn')
      refuse(column, 'near records are no sum: "knn" is for one hospital; over a federation use "ridge"');
    if (method === 'mode' && !('levels' in column))
      refuse(column, 'which number is the most common is no sum: over a federation use "median"');
    if (method === 'median' && !withBounds)
      refuse(column, 'a median is searched for between bounds: declare "allowed" or "range"');
    if (priced && method === 'ridge')
      refuse(column, 'nothing bounds how far one record moves the sums of "ridge", so that they can have no price');
    if (priced && method === 'mean' && !withBounds)
      refuse(column, 'nothing bounds how far one record moves its mean: declare "allowed" or "range"');
  }
}
