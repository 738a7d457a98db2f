import { describe, expect, it } from 'vitest';
import { RowStore } from './row-store.js';

const width = 30;
/** Several pieces, and part of one. */
const count = 10_000;
const filled = (): RowStore => {
  const rows = new RowStore(width);
  for (let row = 0; row < count; row++) rows.add(Float64Array.from({ length: width }, (_, j) => row + j / 64));
  return rows;
};
const sum = (row: number) => width * row + (width * (width - 1)) / 128;
const sumOf = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe('RowStore', () => {
  it('has the rows as they were added, in any order, again and again', () => {
    const rows = filled();
    for (const row of [0, 1, count - 1, 5000, 0, 9999, 4369, 4368])
      expect([row, sumOf(rows.row(row))]).toEqual([row, sum(row)]);
    for (let pass = 0; pass < 2; pass++)
      for (let row = 0; row < count; row++) expect(sumOf(rows.row(row))).toBe(sum(row));
  });

  it('gives them once where they are taken', () => {
    const rows = filled();
    for (let row = 0; row < count; row++) expect(sumOf(rows.take(row))).toBe(sum(row));
    expect(() => rows.row(0)).toThrow('taken');
  });

  it('has a row that is larger than a piece', () => {
    const rows = new RowStore(200_000);
    for (const x of [1, 2]) rows.add(new Float64Array(200_000).fill(x));
    expect([rows.row(0)[0], rows.row(1)[199_999]]).toEqual([1, 2]);
  });
});
