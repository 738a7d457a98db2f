import { assertThat, smallest } from '@fedward/core';

/** A cell that is not told is null. */
export type SuppressedTable = readonly (readonly (number | null)[])[];

/**
 * A table of counts without the cells that are small, nor those that totals would give away.
 *
 * A cell above 0 and below the minimum is not told. Where totals of rows (and of columns, with more than one row) are told
 * beside it, a second cell has to go, or the small one is the difference of what is left; and more of them until nobody can
 * narrow a small cell down to fewer than `minimum` values by totals alone, knowing that counts are not negative. Cells are
 * taken small ones first, so that little is lost. Source: complementary cell suppression (Cox 1980, "Suppression
 * methodology and statistical disclosure control", JASA 75); bounds of a cell by flows in the graph of rows and columns.
 *
 * @param table [row][column]: counts, integers >= 0
 * @param minimum the least count that is told
 * @returns where all of it can't be told safely, all of it null: then totals must not be told either
 * @throws {FedwardError} ARGUMENT_INVALID for what are no counts, or rows of different lengths
 */
export function suppress(table: readonly (readonly number[])[], minimum: number): SuppressedTable {
  const columns = table[0]?.length ?? 0;
  for (const row of table)
    assertThat(
      row.length === columns && row.every((count) => Number.isSafeInteger(count) && count >= 0),
      'table',
      'a table of counts has rows of one length, of integers from 0 on',
    );
  const grid = new Grid(table);
  const small = grid.cells.filter(({ count }) => count > 0 && count < minimum);
  for (const cell of small) grid.hide(cell);
  for (;;) {
    const told = small.find((cell) => grid.widthOf(cell) < minimum);
    if (!told) break;
    const next = grid.nextFor(told);
    if (!next) return table.map((row) => row.map(() => null));
    grid.hide(next);
  }
  return table.map((row, r) => row.map((count, c) => (grid.isHidden(r, c) ? null : count)));
}

/** A cell, and the two lines whose totals it is in: its row, and its column; columns of a single row have no totals. */
interface Cell {
  readonly count: number;
  readonly row: number;
  readonly column: number;
  /** Nodes of the graph. */
  readonly ends: readonly [number, number];
}

class Grid {
  readonly cells: readonly Cell[];
  readonly #hidden = new Set<Cell>();

  constructor(table: readonly (readonly number[])[]) {
    const rows = table.length;
    this.cells = table.flatMap((counts, row) =>
      counts.map((count, column) => ({ count, row, column, ends: [row, rows + (rows > 1 ? column : 0)] as const })),
    );
  }

  hide(cell: Cell): void {
    this.#hidden.add(cell);
  }

  isHidden(row: number, column: number): boolean {
    return this.cells.some((cell) => cell.row === row && cell.column === column && this.#hidden.has(cell));
  }

  /** Number of values, less one, that a hidden cell may have by the totals and what is told. */
  widthOf(cell: Cell): number {
    const [row, column] = cell.ends;
    return this.#flow(cell, column, row) + Math.min(cell.count, this.#flow(cell, row, column));
  }

  /** What to hide next: of a line in which a cell is hidden alone if there is one, else beside the cell; small ones first. */
  nextFor({ ends }: Cell): Cell | undefined {
    const visible = this.cells.filter((cell) => !this.#hidden.has(cell));
    const alone = (end: number): boolean => [...this.#hidden].filter((cell) => cell.ends.includes(end)).length === 1;
    const lonely = ({ ends: both }: Cell): number => both.filter(alone).length;
    const beside = ({ ends: both }: Cell): number => (both.some((end) => ends.includes(end)) ? 1 : 0);
    const worth = (cell: Cell): readonly number[] => [
      ...[-lonely(cell), -beside(cell), cell.count > 0 ? 0 : 1, cell.count],
    ];
    return visible.sort((a, b) => compare(worth(a), worth(b)))[0];
  }

  /**
   * How much more can go from one line to another through hidden cells but this one, by shortest augmenting paths (Edmonds
   * and Karp 1972): row to column a cell grows without bound, back it falls to 0.
   */
  #flow(without: Cell, from: number, to: number): number {
    const changed = new Map<Cell, number>([...this.#hidden].filter((cell) => cell !== without).map((cell) => [cell, cell.count])); // prettier-ignore
    let flow = 0;
    for (;;) {
      const path = this.#path(changed, from, to);
      if (!path) return flow;
      const most = smallest(path.map(({ cell, grows }) => (grows ? Infinity : changed.get(cell)!)));
      if (most === Infinity) return Infinity;
      for (const { cell, grows } of path) changed.set(cell, changed.get(cell)! + (grows ? most : -most));
      flow += most;
    }
  }

  #path(counts: ReadonlyMap<Cell, number>, from: number, to: number): Step[] | undefined {
    const cameBy = new Map<number, { readonly step: Step; readonly from: number }>();
    const queue = [from];
    for (let node = queue.shift(); node !== undefined && node !== to; node = queue.shift())
      for (const [cell, count] of counts)
        for (const [grows, start, end] of [
          [true, ...cell.ends],
          [false, cell.ends[1], cell.ends[0]],
        ] as const) {
          if (start !== node || end === from || cameBy.has(end) || (!grows && count === 0)) continue;
          cameBy.set(end, { step: { cell, grows }, from: node });
          queue.push(end);
        }
    if (!cameBy.has(to)) return undefined;
    const path: Step[] = [];
    for (let node = to; node !== from; node = cameBy.get(node)!.from) path.push(cameBy.get(node)!.step);
    return path;
  }
}

interface Step {
  readonly cell: Cell;
  readonly grows: boolean;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
