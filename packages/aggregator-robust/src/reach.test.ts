import type { Aggregator } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centeredClipping, normBounding, sizeAware } from './index.js';
import { changeBy, norm, updateOf } from './testing/rounds.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what each keeps is its own business */
const bounded: readonly (readonly [string, () => Aggregator<any>])[] = [
  ['size-aware', () => sizeAware({ mostShare: 0.4, clipNorm: 2 })],
  ['size-aware up to 50 records', () => sizeAware({ mostShare: 0.4, clipNorm: 2, mostRecords: 50 })],
  ['norm-bounding', () => normBounding({ clipNorm: 2 })],
  ['norm-bounding by records', () => normBounding({ clipNorm: 2, byRecords: true })],
  ['centered-clipping', () => centeredClipping({ clipNorm: 2, iterations: 2 })],
];
const seeded = { seed: 11, numRuns: 200, endOnFailure: true };
const row = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 });
const lie = fc.tuple(fc.constantFrom(1, 1e3, 1e9), row, fc.constantFrom(1, 40, 2 ** 31));

describe('what is told of a reach holds', () => {
  it.each(bounded)('%s', (_, create) => {
    const members = fc.array(fc.tuple(row, fc.integer({ min: 1, max: 100 })), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(members, lie, (sent, [scale, values, weight]) => {
        const honest = sent.map(([own, records], i) => updateOf(i, own, records));
        const told = create();
        const weights = new Map(honest.map((one) => [one.clientId, told.counts?.(one.weight, one.clientId) ?? one.weight])); // prettier-ignore
        const { most } = told.reach!(weights)[0]!;
        const others = honest.slice(1);
        const lying = changeBy(create(), [updateOf(0, values.map((x) => x * scale), weight), ...others]); // prettier-ignore
        const zeros = changeBy(create(), [updateOf(0, [0, 0, 0, 0, 0], weight), ...others]);
        expect(norm(lying.map((x, i) => x - zeros[i]!))).toBeLessThanOrEqual(most * (1 + 1e-5) + 1e-4);
      }),
      seeded,
    );
  });

  it('is told to be unknown where the centre moves with what is sent', () => {
    const create = () => centeredClipping({ clipNorm: 0.1, iterations: 1, centre: 'median' });
    const others = [updateOf(1, [0, 0, 0, 0, 0]), updateOf(2, [10, 0, 0, 0, 0])];
    const changeOf = (x: number) => changeBy(create(), [updateOf(0, [x, 0, 0, 0, 0]), ...others])[0]!;
    expect(changeOf(1e6) - changeOf(-1e6)).toBeGreaterThan(9);
    const weights = new Map(['hospital-0', 'hospital-1', 'hospital-2'].map((id) => [id, 1]));
    for (const { most } of create().reach!(weights)) expect(most).toBe(Infinity);
  });
});
