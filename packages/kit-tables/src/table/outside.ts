import type { Column } from '../schema/columns.js';

/** Rows with numbers beyond what a column allows that were no error there. */
export interface OutsideRows {
  readonly column: string;
  readonly rows: number;
  /** Lines of the first five of them; never what stood there. */
  readonly lines: readonly number[];
}

/** So many places are kept of each column: enough to look at the source, and no list of patients. */
const mostLines = 5;

/** Counts them while a table is read. */
export class OutsideTally {
  readonly #rows: Float64Array;
  readonly #lines = new Map<number, number[]>();

  constructor(readonly columns: readonly Column[]) {
    this.#rows = new Float64Array(columns.length);
  }

  /** @param outside [columns]: 1 where the row had such a number */
  add(outside: Uint8Array, line: number): void {
    for (let i = 0; i < outside.length; i++) {
      if (outside[i] === 0) continue;
      this.#rows[i]!++;
      const lines = this.#lines.get(i) ?? [];
      if (lines.length === 0) this.#lines.set(i, lines);
      if (lines.length < mostLines) lines.push(line);
    }
  }

  /** Of each column with any, in the schema's order. */
  found(): OutsideRows[] {
    return this.columns.flatMap(({ name }, i) => {
      const rows = this.#rows[i]!;
      return rows > 0 ? [{ column: name, rows, lines: [...this.#lines.get(i)!] }] : [];
    });
  }
}
