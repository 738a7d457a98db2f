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
  // Each cell that is hidden leaves the others more room, never less: one that is safe stays so.
  for (const cell of small)
    while (grid.widthOf(cell, minimum) < minimum) {
      const next = grid.nextFor(cell);
      if (!next) return table.map((row) => row.map(() => null));
      grid.hide(next);
    }
  return table.map((row, r) => row.map((count, c) => (grid.isHidden(r * columns + c) ? null : count)));
}

/** A cell, and the two lines whose totals it is in: its row, and its column; columns of a single row have no totals. */
interface Cell {
  readonly count: number;
  /** Nodes of the graph. */
  readonly ends: readonly [number, number];
}

class Grid {
  readonly cells: readonly Cell[];
  readonly #hidden = new Set<Cell>();
  /** [line]: its hidden cells. */
  readonly #hiddenOf: Cell[][];

  constructor(table: readonly (readonly number[])[]) {
    const rows = table.length;
    this.cells = table.flatMap((counts, row) =>
      counts.map((count, column) => ({ count, ends: [row, rows + (rows > 1 ? column : 0)] as const })),
    );
    this.#hiddenOf = Array.from({ length: rows + (table[0]?.length ?? 0) }, () => []);
  }

  hide(cell: Cell): void {
    this.#hidden.add(cell);
    for (const end of cell.ends) this.#hiddenOf[end]!.push(cell);
  }

  /** @param at row by row */
  isHidden(at: number): boolean {
    return this.#hidden.has(this.cells[at]!);
  }

  /** Number of values, less one, that a hidden cell may have by the totals and what is told; no more is counted than `enough`. */
  widthOf(cell: Cell, enough: number): number {
    const [row, column] = cell.ends;
    return this.#flow(cell, column, row, enough) + this.#flow(cell, row, column, Math.min(cell.count, enough));
  }

  /** What to hide next: of a line in which a cell is hidden alone if there is one, else beside the cell; small ones first. */
  nextFor({ ends }: Cell): Cell | undefined {
    const worth = ({ ends: both, count }: Cell): readonly number[] => {
      const lonely = both.filter((end) => this.#hiddenOf[end]!.length === 1).length;
      const beside = both.some((end) => ends.includes(end)) ? 1 : 0;
      return [-lonely, -beside, count > 0 ? 0 : 1, count];
    };
    let best: { readonly cell: Cell; readonly worth: readonly number[] } | undefined;
    for (const cell of this.cells) {
      if (this.#hidden.has(cell)) continue;
      const one = worth(cell);
      if (!best || compare(one, best.worth) < 0) best = { cell, worth: one };
    }
    return best?.cell;
  }

  /**
   * How much more can go from one line to another through hidden cells but this one, by shortest augmenting paths (Edmonds
   * and Karp 1972), up to `most`: row to column a cell grows without bound, back it falls to 0.
   */
  #flow(without: Cell, from: number, to: number, most: number): number {
    const changed = new Map<Cell, number>();
    const countOf = (cell: Cell): number => changed.get(cell) ?? cell.count;
    let flow = 0;
    while (flow < most) {
      const path = this.#path(without, countOf, from, to);
      if (!path) break;
      const more = smallest(
        path.map(({ cell, grows }) => (grows ? Infinity : countOf(cell))),
        most - flow,
      );
      for (const { cell, grows } of path) changed.set(cell, countOf(cell) + (grows ? more : -more));
      flow += more;
    }
    return flow;
  }

  #path(without: Cell, countOf: (cell: Cell) => number, from: number, to: number): Step[] | undefined {
    const cameBy = new Map<number, Step>();
    const queue = [from];
    for (let node = queue.shift(); node !== undefined && node !== to; node = queue.shift())
      for (const cell of this.#hiddenOf[node]!) {
        const grows = cell.ends[0] === node;
        const end = cell.ends[grows ? 1 : 0];
        if (cell === without || end === from || cameBy.has(end) || (!grows && countOf(cell) === 0)) continue;
        cameBy.set(end, { cell, grows });
        queue.push(end);
      }
    if (!cameBy.has(to)) return undefined;
    const path: Step[] = [];
    for (let node = to; node !== from;) {
      const step = cameBy.get(node)!;
      path.push(step);
      node = step.cell.ends[step.grows ? 0 : 1];
    }
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
