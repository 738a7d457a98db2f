/** Rows that were left out for one reason. */
export interface DroppedRows {
  /** The column and what was wrong with it, such as `no value in chol`; never what a cell holds. */
  readonly reason: string;
  readonly rows: number;
}

/**
 * What became of the rows of a table: `read` is `used` plus all that were dropped. A row with several reasons counts
 * under the first. Counts of patients' rows: to send them away from a site is a release.
 */
export interface RowCounts {
  readonly read: number;
  /** That became records, for training or testing. */
  readonly used: number;
  /** By reason, the one with the most rows first. */
  readonly dropped: readonly DroppedRows[];
}

/** Why a row is left out that spreadsheets write below the last patient. */
export const blankRow = 'no value in any column';

/** Counts the rows of a table while they are read. */
export class RowTally {
  #used = 0;
  readonly #dropped = new Map<string, number>();

  use(): void {
    this.#used++;
  }

  drop(reason: string, rows = 1): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + rows);
  }

  counts(): RowCounts {
    const dropped = [...this.#dropped].map(([reason, rows]) => ({ reason, rows })).sort((a, b) => b.rows - a.rows);
    return { read: this.#used + droppedOf({ dropped }), used: this.#used, dropped };
  }
}

/** The counts of a source of which nothing is left out. */
export function allUsed(rows: number): RowCounts {
  return { read: rows, used: rows, dropped: [] };
}

/** Number of rows that were left out, for whatever reason. */
export function droppedOf({ dropped }: Pick<RowCounts, 'dropped'>): number {
  return dropped.reduce((sum, { rows }) => sum + rows, 0);
}
