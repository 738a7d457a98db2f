import { FedwardError } from '@fedward/core';
import { binEdge } from './bins.js';
import { levelCount, medianBins, type Question } from './question.js';
import type { ImputedColumn } from './columns.js';
import type { ImputationRecords } from './records.js';

type Asking<T> = Generator<Question, T, Float64Array>;

/** Rounds of the search for a median. */
const medianRounds = 4;

/** The error of a column that nobody has a value of. */
export function nothingIn({ name }: ImputedColumn): FedwardError {
  return new FedwardError(
    'DATA_EMPTY',
    `column "${name}" has no value in any record that is learned from: learn it over the federation, declare a constant, ` +
      'or leave the column out',
    name,
  );
}

/** The most common level of each column, the first of equals, from how often each occurs. */
export function* modesFromLevels(columns: readonly ImputedColumn[], of: readonly number[]): Asking<number[]> {
  if (of.length === 0) return [];
  const counts = yield { ask: 'levels', of: [...of] };
  let at = 0;
  return of.map((i) => {
    const column = columns[i]!;
    const own = counts.subarray(at, (at += levelCount(column)));
    const best = indexOfLargest(own);
    if (!(own[best]! > 0)) throw nothingIn(column);
    return best;
  });
}

/**
 * The median of each column, from how many values there are in each of 64 parts of an interval: at first of the column's
 * bounds, then of the part that its middle value is in, four times. Of an even number of values it is the mean of the two
 * in the middle. It is then known to half of 64^-4 of the bounds, which is 3e-8 of them.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the column, for one without bounds
 */
export function* mediansFromBins(columns: readonly ImputedColumn[], of: readonly number[]): Asking<number[]> {
  if (of.length === 0) return [];
  const searches = of.map((i): Search[] => {
    const column = columns[i]!;
    const bounds = 'bounds' in column ? column.bounds : undefined;
    if (!bounds)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `column "${column.name}": a median is searched for between bounds, and none are declared: write "allowed" or "range"`,
        column.name,
      );
    return [0, 1].map(() => ({ interval: [...bounds], below: 0, rank: NaN }));
  });
  for (let round = 0; round < medianRounds; round++) {
    const intervals = searches.map(([a, b]) => [a!.interval, b!.interval] as [Interval, Interval]);
    const counts = yield { ask: 'bins', of: [...of], intervals };
    searches.forEach((both, k) =>
      both.forEach((search, i) => {
        const from = (2 * k + i) * medianBins;
        const bins = counts.subarray(from, from + medianBins);
        if (round === 0) {
          const count = Math.round(bins.reduce((sum, n) => sum + n, 0));
          if (!(count > 0)) throw nothingIn(columns[of[k]!]!);
          search.rank = Math.floor((count - 1 + i) / 2);
        }
        narrow(search, bins);
      }),
    );
  }
  return searches.map((both) => both.reduce((sum, { interval: [low, high] }) => sum + (low + high) / 4, 0));
}

type Interval = [number, number];
interface Search {
  interval: Interval;
  /** How many values are below the interval. */
  below: number;
  /** Which value is looked for, from 0 on. */
  rank: number;
}

/** To the part that the value of the rank is in. */
function narrow(search: Search, bins: Float64Array): void {
  let bin = 0;
  while (bin < medianBins - 1 && search.below + Math.max(0, bins[bin]!) <= search.rank)
    search.below += Math.max(0, bins[bin++]!); // below zero only where there is noise
  const { interval } = search;
  search.interval = [binEdge(interval, bin), binEdge(interval, bin + 1)];
}

/** The median of a column's values, exactly; of an even number the mean of the two in the middle. */
export function medianOf(records: ImputationRecords, column: number): number {
  const values = valuesOf(records, column);
  const middle = (values.length - 1) / 2;
  return values[Math.floor(middle)]! / 2 + values[Math.ceil(middle)]! / 2;
}

/** The most common of a column's values, the smallest of equals. */
export function modeOf(records: ImputationRecords, column: number): number {
  const values = valuesOf(records, column);
  let [best, most] = [values[0]!, 0];
  for (let from = 0, i = 1; i <= values.length; i++) {
    if (i < values.length && values[i] === values[from]) continue;
    if (i - from > most) [best, most] = [values[from]!, i - from];
    from = i;
  }
  return best;
}

/** A column's values, ascending. */
function valuesOf({ count, columns, values }: ImputationRecords, column: number): Float64Array {
  const own = new Float64Array(count);
  let n = 0;
  for (let row = 0; row < count; row++) {
    const value = values[row * columns.length + column]!;
    if (!Number.isNaN(value)) own[n++] = value;
  }
  if (n === 0) throw nothingIn(columns[column]!);
  return own.subarray(0, n).sort();
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
