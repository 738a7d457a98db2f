import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binEdge, binOf } from './bins.js';
import { ChainedRecords } from './chain.js';
import { mediansFromBins, medianOf } from './constants.js';
import type { ImputedColumn } from './columns.js';
import { sumsOf } from './sums.js';

const bounds = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
  .map(([low, width]): [number, number] => [low, low + width]);

it('a value is in the part whose edges it is between, the upper one in it and the lower one not', () =>
  fc.assert(
    fc.property(bounds, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(64), (interval, at, edge) => {
      const [low, high] = interval;
      for (const value of [Math.min(high, low + at * (high - low)), binEdge(interval, edge)]) {
        const bin = binOf(interval, value, true);
        expect(value).toBeLessThanOrEqual(binEdge(interval, bin + 1));
        if (bin > 0) expect(value).toBeGreaterThan(binEdge(interval, bin));
      }
      expect(binOf(interval, low, false)).toBe(-1);
      expect(binOf(interval, high + 1, true)).toBe(-1);
      expect(binOf(interval, low - 1, true)).toBe(-1);
    }),
  ));

it('a median is found to half of 64^-4 of its bounds, whatever is at an edge, missing or beyond', () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: -5, max: 70 }), fc.double({ min: 0, max: 64, noNaN: true }), fc.constant(NaN)), { minLength: 1, maxLength: 30 }), // prettier-ignore
      (xs) => {
        fc.pre(xs.some((x) => !Number.isNaN(x)));
        const columns: ImputedColumn[] = [{ name: 'x', kind: 'numeric', method: 'median', bounds: [0, 64] }];
        const records = { columns, count: xs.length, values: Float64Array.from(xs) };
        const asking = mediansFromBins(columns, [0]);
        let next = asking.next();
        while (!next.done) next = asking.next(sumsOf({ columns, question: next.value }, records).values);
        const cut = { ...records, values: records.values.map((x) => Math.min(64, Math.max(0, x))) };
        expect(Math.abs(next.value[0]! - medianOf(cut, 0))).toBeLessThanOrEqual((64 * 64 ** -4) / 2 + 1e-13);
      },
    ),
  ));

it('a chain that was carried out goes on from its own steps alone', () => {
  const columns: ImputedColumn[] = ['a', 'b'].map((name) => ({ name, kind: 'numeric', method: 'ridge' }));
  const chain = { centers: [0, 0], spreads: [1, 1], start: [0, 0] };
  const step = (intercept: number) => ({ column: 1, intercepts: [intercept], weights: [[2]] });
  const [first, other] = [step(1), step(5)];
  const records = new ChainedRecords(columns, Float64Array.of(3, NaN), chain);
  expect(records.goOn([first])).toBe(true);
  expect(records.cell(0, 1)).toBe(7);
  expect(records.goOn([other, first])).toBe(false);
  expect(records.cell(0, 1)).toBe(7);
  expect(records.goOn([first, other])).toBe(true);
  expect(records.cell(0, 1)).toBe(11);
});
