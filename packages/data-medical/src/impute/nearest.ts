import { variablesOf, variableStarts, writeVariables, type ImputedColumn } from './columns.js';
import type { Nearest } from './model.js';

/**
 * What near records have in a column: of numbers the mean, of levels the most common, the first of equals. Near is by
 * Euclid's distance over the variables that both have, scaled up to all (Dixon 1979, IEEE Transactions on Systems, Man and
 * Cybernetics 9(10), section III): sqrt(variables / both have * sum of squares). Records without the value are left out; of
 * records at one distance the earlier comes first. Where nothing is in common with any record, the column's mean or mode.
 */
export class NearestRecords {
  readonly #starts: readonly number[];
  readonly #width: number;
  /** [records, width] */
  readonly #variables: Float64Array;
  readonly #own: Float64Array;
  readonly #distances: Float64Array;

  constructor(
    readonly columns: readonly ImputedColumn[],
    readonly model: Nearest,
  ) {
    this.#starts = variableStarts(columns);
    this.#width = this.#starts.at(-1)!;
    this.#variables = new Float64Array(model.records.length * this.#width);
    this.#own = new Float64Array(this.#width);
    this.#distances = new Float64Array(model.records.length);
    model.records.forEach((record, i) => this.#write(record, this.#variables, i * this.#width));
  }

  /** Fills the cells that a row lacks, of columns whose method this is. @param cells [columns] */
  fill(cells: Float64Array, into: Float64Array): void {
    const lacking = this.columns.flatMap(({ method }, i) => (method === 'knn' && Number.isNaN(cells[i]!) ? [i] : []));
    if (lacking.length === 0) return;
    this.#write(cells, this.#own, 0);
    this.#measure();
    for (const i of lacking) into[i] = this.#value(i);
  }

  #write(cells: ArrayLike<number | null>, target: Float64Array, at: number): void {
    this.columns.forEach((column, i) => {
      const cell = cells[i] ?? NaN;
      const from = at + this.#starts[i]!;
      if (Number.isNaN(cell)) target.fill(NaN, from, from + variablesOf(column));
      else writeVariables(column, cell, target, from);
    });
  }

  /** How far each record is from the row; NaN where they have nothing in common. */
  #measure(): void {
    const { spreads } = this.model;
    const width = this.#width;
    for (let i = 0; i < this.#distances.length; i++) {
      let sum = 0;
      let both = 0;
      for (let j = 0; j < width; j++) {
        const difference = (this.#own[j]! - this.#variables[i * width + j]!) / spreads[j]!;
        if (Number.isNaN(difference)) continue;
        sum += difference * difference;
        both++;
      }
      this.#distances[i] = both > 0 ? Math.sqrt((width / both) * sum) : NaN;
    }
  }

  #value(column: number): number {
    const { records, neighbours, weights, means } = this.model;
    const near: number[] = [];
    for (let i = 0; i < records.length; i++) {
      const distance = this.#distances[i]!;
      if (records[i]![column] === null || Number.isNaN(distance)) continue;
      if (near.length === neighbours && !(distance < this.#distances[near.at(-1)!]!)) continue;
      let at = near.length;
      while (at > 0 && distance < this.#distances[near[at - 1]!]!) at--;
      near.splice(at, 0, i);
      if (near.length > neighbours) near.pop();
    }
    if (near.length === 0) return means[column]!;
    const same = near.some((i) => this.#distances[i] === 0);
    const weight = (i: number): number => {
      if (weights === 'uniform') return 1;
      const distance = this.#distances[i]!;
      return same ? Number(distance === 0) : 1 / distance;
    };
    const kind = this.columns[column]!;
    const totals = new Float64Array('levels' in kind ? kind.levels.length : 1);
    let all = 0;
    for (const i of near) {
      const cell = records[i]![column]!;
      all += weight(i);
      if ('levels' in kind) totals[cell]! += weight(i);
      else totals[0]! += weight(i) * cell;
    }
    if (!('levels' in kind)) return totals[0]! / all;
    let best = 0;
    for (let level = 1; level < totals.length; level++) if (totals[level]! > totals[best]!) best = level;
    return best;
  }
}
