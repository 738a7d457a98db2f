import { canonicalText, parseNumber, type DecimalMark, type MissingTokens } from '@fedward/kit-tables';

/** Cells that are kept of a file, for what can't be told while rows go by. */
const mostCells = 2_000_000;
const mostRows = 20_000;

/** How cells are read. */
export interface SampleOptions {
  readonly missing: MissingTokens;
  readonly decimal: DecimalMark;
}

/**
 * Some rows of one file, chosen so that each has the same chance (Vitter 1985, "Random sampling with a reservoir",
 * algorithm R), whatever the length of the file. By a fixed sequence: the same file gives the same sample.
 */
export class RowSample {
  readonly #rows: (readonly string[])[] = [];
  readonly #limit: number;
  #seen = 0;
  #state = 0x9e3779b9;

  constructor(
    readonly names: readonly string[],
    private readonly options: SampleOptions,
  ) {
    this.#limit = Math.max(100, Math.min(mostRows, Math.floor(mostCells / Math.max(1, names.length))));
  }

  add(fields: readonly string[]): void {
    const at = this.#seen++ < this.#limit ? this.#rows.length : Math.floor(this.#uniform() * this.#seen);
    if (at < this.#limit) this.#rows[at] = fields;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** [count]: numbers of a column; NaN where there is none. */
  numbers(name: string): Float64Array {
    const at = this.names.indexOf(name);
    const { missing, decimal } = this.options;
    return Float64Array.from(this.#rows, (row) => {
      const cell = row[at];
      return cell === undefined || missing.has(cell) ? NaN : (parseNumber(cell, decimal) ?? NaN);
    });
  }

  /** [count]: what a column has as text; undefined where there is nothing. */
  texts(name: string): (string | undefined)[] {
    const at = this.names.indexOf(name);
    return this.#rows.map((row) => {
      const cell = row[at];
      return cell === undefined || this.options.missing.has(cell) ? undefined : canonicalText(cell);
    });
  }

  /** Marsaglia's xorshift: enough to choose rows by. */
  #uniform(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }
}

/** The middle of the numbers that are there; undefined where there are fewer than `least`. */
export function medianOf(values: Float64Array, least = 1): number | undefined {
  const there = values.filter((value) => !Number.isNaN(value)).sort();
  if (there.length < least) return undefined;
  const half = there.length >> 1;
  return there.length % 2 === 1 ? there[half]! : (there[half - 1]! + there[half]!) / 2;
}
