import { FedwardError } from '@fedward/core';
import type { RecordGroups } from '@fedward/metrics-clinical';
import type { Row, TableSchema } from '@fedward/kit-tables';

/** A column by which records are judged apart. */
export interface GroupBy {
  readonly column: string;
  /** Of numbers: where one band ends and the next begins, ascending, in the column's unit. */
  readonly cuts?: readonly number[];
}

/** How `--by` is written: `sex`, or `age=40,60`. @throws {FedwardError} CONFIG_INVALID */
export function parseGroupBy(text: string): GroupBy {
  const at = text.lastIndexOf('=');
  if (at < 0) return { column: text };
  const cuts = text
    .slice(at + 1)
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (cuts.some((cut, i) => !Number.isFinite(cut) || (i > 0 && cut <= cuts[i - 1]!)))
    throw new FedwardError('CONFIG_INVALID', `--by: the cuts in "${text}" are no ascending numbers`, '--by');
  return { column: text.slice(0, at), cuts };
}

const unknown = 255;

/** Groups of records, one after the other. */
export class GroupCodes {
  readonly #name: string;
  readonly #levels: readonly string[];
  readonly #codeOf: (row: Row) => number;
  #codes = new Uint8Array(1024);
  #count = 0;

  /** @throws {FedwardError} CONFIG_INVALID for a column that is no feature, or has no levels and no cuts */
  constructor({ column: name, cuts }: GroupBy, { columns }: TableSchema) {
    const at = columns.findIndex((column) => column.name === name);
    const column = columns[at];
    const refuse = (what: string) => new FedwardError('CONFIG_INVALID', `--by: ${what}`, '--by');
    if (!column) throw refuse(`the model reads no column ${name}; it reads ${listOf(columns)}`);
    this.#name = name;
    if (column.kind === 'binary' || column.kind === 'categorical') {
      if (cuts) throw refuse(`column ${name} has levels, and no bands of numbers`);
      this.#levels = column.levels.map(String);
      this.#codeOf = ({ values, missing }) => (missing[at] === 1 ? unknown : values[at]!);
    } else if (column.kind === 'numeric') {
      if (!cuts) throw refuse(`column ${name} has numbers: say where its bands end, such as --by ${name}=40,60`);
      this.#levels = bandsOf(cuts);
      this.#codeOf = ({ values, missing }) =>
        missing[at] === 1 ? unknown : cuts.filter((cut) => values[at]! >= cut).length;
    } else throw refuse(`column ${name} has neither levels nor numbers`);
    if (this.#levels.length >= unknown)
      throw refuse(`column ${name} has ${this.#levels.length} levels; 254 is the most`);
  }

  add(row: Row): void {
    if (this.#count === this.#codes.length) {
      const larger = new Uint8Array(2 * this.#count);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#count++] = this.#codeOf(row);
  }

  take(): RecordGroups {
    return { name: this.#name, levels: this.#levels, codes: this.#codes.subarray(0, this.#count) };
  }
}

function bandsOf(cuts: readonly number[]): string[] {
  const last = cuts.at(-1)!;
  return [`below ${cuts[0]}`, ...cuts.slice(1).map((cut, i) => `${cuts[i]} to below ${cut}`), `${last} and above`];
}

function listOf(columns: TableSchema['columns']): string {
  const names = columns.slice(0, 20).map(({ name }) => name);
  return columns.length > names.length
    ? `${names.join(', ')} and ${columns.length - names.length} more`
    : names.join(', ');
}
