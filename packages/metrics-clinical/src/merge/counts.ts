import { assertThat, tensorValues, type Tensors } from '@fedward/core';
import { countsOptionsOf, type EvaluationCountsInput } from './options.js';

/** How many records have which predicted probability, by true class. */
export interface ScoreCounts {
  readonly bins: number;
  /** [bins]: of class 0. Whole numbers, unless noise was added. */
  readonly negatives: Float64Array;
  /** [bins]: of class 1. */
  readonly positives: Float64Array;
}

/** Counts of one level of a group. */
export interface GroupCounts {
  readonly group: string;
  readonly level: string;
  readonly counts: ScoreCounts;
}

/**
 * Reads what sites answered to `evaluation-counts`, added up.
 *
 * @param options those of the query
 * @throws {FedwardError} ARGUMENT_INVALID for tensors of another question; CONFIG_INVALID, naming the option
 */
export function countsOf(
  sum: Tensors,
  options: EvaluationCountsInput = {},
): { readonly counts: ScoreCounts; readonly groups: readonly GroupCounts[] } {
  const { bins, groups } = countsOptionsOf(options);
  const read = (name: string, size: number): Float64Array => {
    const values = Float64Array.from(tensorValues(sum, name));
    assertThat(values.length === size, name, `${name} has ${values.length} counts, and ${size} were asked for`);
    return values;
  };
  const part = (values: Float64Array, at: number): ScoreCounts => ({
    bins,
    negatives: values.slice(at, at + bins),
    positives: values.slice(at + bins, at + 2 * bins),
  });
  return {
    counts: part(read('counts', 2 * bins), 0),
    groups: groups.flatMap(({ name, levels }) => {
      const values = read(`by ${name}`, levels.length * 2 * bins);
      return levels.map((level, k) => ({ group: name, level, counts: part(values, 2 * k * bins) }));
    }),
  };
}

/** Sums over bins: [bins + 1], of the bins before each edge. */
export function below(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length + 1);
  counts.forEach((count, k) => (sums[k + 1] = sums[k]! + count));
  return sums;
}

/**
 * The edge of a bin that a threshold is.
 * @throws {FedwardError} ARGUMENT_INVALID for a threshold that is none: what happens within a bin is not known
 */
export function edgeOf(threshold: number, bins: number): number {
  const edge = threshold * bins;
  assertThat(
    Number.isInteger(edge) && edge >= 0 && edge <= bins,
    'threshold',
    `counts in ${bins} bins tell of thresholds that are whole parts of ${bins}; the next one to ${threshold} is ` +
      `${Math.round(edge)} / ${bins} = ${Math.round(edge) / bins}`,
  );
  return edge;
}

/**
 * A table of counts as it may be shown: counts from 1 to below the minimum are null. Where a row or a column has a single
 * hidden cell, which its total would give away, its next smallest is hidden as well.
 *
 * A habit of statistical offices and no protection by itself: other tables of the same people may tell the rest.
 *
 * @param table rows of equal length
 * @param minimum default 5
 */
export function suppressSmallCells(table: readonly (readonly number[])[], minimum = 5): (number | null)[][] {
  const shown: (number | null)[][] = table.map((row) =>
    row.map((count) => (count !== 0 && count < minimum ? null : count)),
  );
  const columns = table[0]?.length ?? 0;
  const lines: (readonly [number, number])[][] = [
    ...table.map((row, r) => row.map((_, c) => [r, c] as const)),
    ...Array.from({ length: columns }, (_, c) => table.map((_, r) => [r, c] as const)),
  ];
  for (let again = true; again;) {
    again = false;
    for (const line of lines) {
      const open = line.filter(([r, c]) => shown[r]![c] !== null);
      if (line.length - open.length !== 1 || open.length === 0) continue;
      const [r, c] = open.reduce((a, b) => (table[b[0]]![b[1]]! < table[a[0]]![a[1]]! ? b : a));
      shown[r]![c] = null;
      again = true;
    }
  }
  return shown;
}
