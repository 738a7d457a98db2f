import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suppress } from './suppress.js';

/** All tables of counts with the same totals and the same told cells, by trying them. */
function candidates(
  table: readonly (readonly number[])[],
  told: readonly (readonly (number | null)[])[],
): number[][][] {
  const cells = table.flatMap((row, r) => row.map((_, c) => [r, c] as const)).filter(([r, c]) => told[r]![c] === null);
  const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  const rows = table.map(sum);
  const columns = table[0]!.map((_, c) => sum(table.map((row) => row[c]!)));
  const found: number[][][] = [];
  const tried = table.map((row, r) => row.map((count, c) => (told[r]![c] === null ? 0 : count)));
  const fill = (at: number): void => {
    if (at === cells.length) {
      const fits = tried.every((row, r) => sum(row) === rows[r]) && (table.length === 1 || columns.every((total, c) => sum(tried.map((row) => row[c]!)) === total)); // prettier-ignore
      if (fits) found.push(tried.map((row) => [...row]));
      return;
    }
    const [r, c] = cells[at]!;
    for (let value = 0; sum(tried[r]!) - tried[r]![c]! + value <= rows[r]!; value++) {
      tried[r]![c] = value;
      fill(at + 1);
    }
    tried[r]![c] = 0;
  };
  fill(0);
  return found;
}

describe('suppress', () => {
  it('leaves a table without small cells, and zeros, as they are', () => {
    expect(suppress([[0, 5, 12]], 5)).toEqual([[0, 5, 12]]);
    expect(suppress([], 5)).toEqual([]);
  });

  it('hides a second cell where the total would tell the first', () => {
    expect(suppress([[3, 20, 40]], 5)).toEqual([[null, null, 40]]);
  });

  it('hides more where two small cells have a small sum', () => {
    expect(suppress([[1, 2, 40, 60]], 5)).toEqual([[null, null, null, 60]]);
  });

  it('closes a circle where rows and columns have totals', () => {
    const told = suppress([[3, 20, 30], [25, 22, 31], [40, 50, 60]], 5); // prettier-ignore
    expect(told).toEqual([[null, null, 30], [null, null, 31], [40, 50, 60]]); // prettier-ignore
  });

  it('tells nothing where nothing is safe', () => {
    expect(suppress([[1, 1, 0]], 5)).toEqual([[null, null, null]]);
    expect(suppress([[4]], 5)).toEqual([[null]]);
  });

  it.each([[[[1, 2], [3]]], [[[1.5]]], [[[-1]]]])('takes counts alone: %j', (table) => {
    expect(() => suppress(table, 5)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });

  it('leaves of a small cell at least as many values as the minimum, by all tables that fit', () => {
    const minimum = 3;
    const tables = fc.integer({ min: 1, max: 3 }).chain((rows) =>
      fc.integer({ min: 2, max: 3 }).chain((columns) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: columns, maxLength: columns }), {
          ...{ minLength: rows, maxLength: rows },
        }),
      ),
    );
    fc.assert(
      fc.property(tables, (table) => {
        const told = suppress(table, minimum);
        const all = told.flat().every((cell) => cell === null);
        if (all) return;
        const fits = candidates(table, told);
        table.forEach((row, r) =>
          row.forEach((count, c) => {
            if (told[r]![c] !== null) return expect(told[r]![c]).toBe(count);
            if (count === 0 || count >= minimum) return;
            const values = fits.map((each) => each[r]![c]!);
            expect(Math.max(...values) - Math.min(...values)).toBeGreaterThanOrEqual(minimum);
          }),
        );
        for (const cell of told.flat()) expect(cell === null || cell === 0 || cell >= minimum).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
