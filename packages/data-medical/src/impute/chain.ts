import { cellFrom, variableStarts, writeVariables, type ImputedColumn } from './columns.js';
import type { RidgeChain, RidgeStep } from './question.js';

/**
 * Records as the variables of a chain of regressions, scaled, with what the chain has filled in until now. It is the
 * chained equations of van Buuren and Groothuis-Oudshoorn (2011, Journal of Statistical Software 45(3), section 2) without
 * their draws: each missing value is the regression's prediction, so that equal records have equal values.
 */
export class ChainedRecords {
  readonly width: number;
  /** [count, width] */
  readonly variables: Float64Array;
  readonly #columns: readonly ImputedColumn[];
  readonly #starts: readonly number[];
  readonly #values: Float64Array;
  #steps = 0;
  #last: RidgeStep | undefined;

  /** @param values [count, columns], NaN where there is no value */
  constructor(
    columns: readonly ImputedColumn[],
    values: Float64Array,
    readonly chain: Pick<RidgeChain, 'centers' | 'spreads' | 'start'>,
  ) {
    this.#columns = columns;
    this.#values = values;
    this.#starts = variableStarts(columns);
    this.width = this.#starts.at(-1)!;
    const count = values.length / columns.length;
    this.variables = new Float64Array(count * this.width);
    for (let row = 0; row < count; row++) this.#begin(row);
  }

  /** Whether a record has a value in a column. */
  has(row: number, column: number): boolean {
    return !Number.isNaN(this.#values[row * this.#columns.length + column]!);
  }

  /** Carries out the steps that come after those carried out already. True where they go on from them. */
  goOn(steps: readonly RidgeStep[]): boolean {
    if (this.#steps > 0 && steps[this.#steps - 1] !== this.#last) return false;
    for (; this.#steps < steps.length; this.#steps++) this.#step((this.#last = steps[this.#steps]!));
    return true;
  }

  /** What the chain says of a cell, in the column's own unit. */
  cell(row: number, column: number): number {
    const { centers, spreads } = this.chain;
    const [from, to] = [this.#starts[column]!, this.#starts[column + 1]!];
    const own = new Float64Array(to - from);
    for (let j = from; j < to; j++) own[j - from] = this.variables[row * this.width + j]! * spreads[j]! + centers[j]!;
    return cellFrom(this.#columns[column]!, own, 0);
  }

  #begin(row: number): void {
    const { centers, spreads, start } = this.chain;
    const at = row * this.width;
    this.#columns.forEach((column, i) => {
      const [from, to] = [this.#starts[i]!, this.#starts[i + 1]!];
      const there = this.has(row, i);
      if (there) writeVariables(column, this.#values[row * this.#columns.length + i]!, this.variables, at + from);
      for (let j = from; j < to; j++)
        this.variables[at + j] = there ? (this.variables[at + j]! - centers[j]!) / spreads[j]! : start[j]!;
    });
  }

  #step({ column, intercepts, weights }: RidgeStep): void {
    const [from, to] = [this.#starts[column]!, this.#starts[column + 1]!];
    const { variables, width } = this;
    const count = variables.length / width;
    for (let row = 0; row < count; row++) {
      if (this.has(row, column)) continue;
      const at = row * width;
      for (let t = from; t < to; t++) {
        const own = weights[t - from]!;
        let value = intercepts[t - from]!;
        for (let j = 0; j < from; j++) value += own[j]! * variables[at + j]!;
        for (let j = to; j < width; j++) value += own[j - to + from]! * variables[at + j]!;
        variables[at + t] = value;
      }
    }
  }
}
