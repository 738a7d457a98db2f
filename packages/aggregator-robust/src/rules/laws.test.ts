import type { Aggregator, Update } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as robust from '../index.js';
import { changeBy, contextOf, layout, norm, planOf, updateOf } from '../testing/rounds.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- what each keeps is its own business */
interface Law {
  readonly create: () => Aggregator<any>;
  /** Moving all changes by one vector moves the result by it. */
  readonly translates: boolean;
  /** Two that are each other's nearest have the same score where few are left: the first is taken, whose turn it is. */
  readonly ties?: boolean;
  /** How many sites the rule is told, or known, to survive, of n. */
  readonly survives: (n: number) => number;
  /** n of the breakdown example, where one liar more than it survives wins. */
  readonly least: number;
}
const half = (n: number) => Math.floor((n - 1) / 2);
const laws: Readonly<Record<string, Law>> = {
  median: { create: () => robust.median(), translates: true, survives: half, least: 5 },
  'trimmed-mean': { create: () => robust.trimmedMean(), translates: true, survives: () => 1, least: 5 },
  krum: { create: () => robust.krum(), translates: true, survives: () => 1, least: 5 },
  'multi-krum': { create: () => robust.multiKrum(), translates: true, survives: () => 1, least: 5 },
  bulyan: { create: () => robust.bulyan(), translates: true, ties: true, survives: () => 1, least: 7 },
  'geometric-median': { create: () => robust.geometricMedian(), translates: true, survives: half, least: 5 },
  'centered-clipping': {
    create: () => robust.centeredClipping({ iterations: 30 }),
    ...{ translates: false, survives: half, least: 5 },
  },
  'norm-bounding': { create: () => robust.normBounding(), translates: false, survives: half, least: 5 },
};

const value = fc.float({ min: -1, max: 1, noNaN: true });
const row = fc.array(value, { minLength: layout.size, maxLength: layout.size });
const honest = fc.array(row, { minLength: 7, maxLength: 9 });
const seeded = { seed: 20_240_511, numRuns: 60, endOnFailure: true };
const updates = (rows: readonly (readonly number[])[]): Update[] =>
  rows.map((values, i) => updateOf(i, values, 10 + i));

describe.each(Object.entries(laws))('%s', (name, { create, translates, survives, least, ties = false }) => {
  it('does not depend on the order of the cohort, nor on the records that sites claim', () => {
    fc.assert(
      fc.property(honest, fc.integer({ min: 1, max: 6 }), (rows, by) => {
        const all = updates(rows);
        const change = changeBy(create(), all);
        const turned = changeBy(create(), [...all.slice(by), ...all.slice(0, by)]);
        const claiming = changeBy(create(), all.map((one, i) => ({ ...one, weight: i === by ? 2 ** 31 : 1 }))); // prettier-ignore
        if (!ties) turned.forEach((x, i) => expect(x).toBeCloseTo(change[i]!, 5));
        expect(claiming).toEqual(change);
      }),
      seeded,
    );
  });

  it.runIf(translates)('moves with its updates', () => {
    fc.assert(
      // Multiples of 2^-10, so that what is chosen does not hang on rounding.
      fc.property(honest, fc.integer({ min: -4, max: 4 }), (rows, by) => {
        const whole = rows.map((values) => values.map((x) => Math.round(x * 1024) / 1024));
        const change = changeBy(create(), updates(whole));
        const moved = changeBy(create(), updates(whole.map((values) => values.map((x) => x + by))));
        moved.forEach((x, i) => expect(x).toBeCloseTo(change[i]! + by, 4));
      }),
      seeded,
    );
  });

  it('is moved a bounded way by one liar, of any size', () => {
    fc.assert(
      fc.property(honest, row, fc.integer({ min: 1, max: 38 }), (rows, lie, exponent) => {
        const liar = updateOf(rows.length, lie.map((x) => x * 10 ** (exponent / 4)), 1e9); // prettier-ignore
        const change = changeBy(create(), [...updates(rows), liar]);
        // Honest changes are within the cube of half-width 1, of norm sqrt(5).
        expect(norm(change)).toBeLessThanOrEqual(2 * Math.sqrt(layout.size));
      }),
      seeded,
    );
  });

  it('survives the liars that theory allows, and not a majority', () => {
    const f = survives(least);
    const by = (liars: number): number => {
      const rows = Array.from({ length: least }, (_, i) =>
        i < liars ? [1e6, 1e6, 1e6, 1e6, 1e6] : [0.1 + 0.01 * i, 0, 0, -0.01 * i, 0],
      );
      return norm(changeBy(create(), updates(rows)));
    };
    expect(by(f), `${name} with ${f} of ${least} liars`).toBeLessThan(1);
    expect(by(half(least) + 1), `${name} with a majority of liars`).toBeGreaterThan(1e4);
  });
});

describe('rules that need many', () => {
  const few = [
    [robust.trimmedMean({ byzantine: 2 }), 5],
    [robust.krum({ byzantine: 2 }), 7],
    [robust.multiKrum(), 5],
    [robust.bulyan(), 7],
  ] as const;
  it.each(few)('refuse too few, before round 0 and in a round', (aggregator, least) => {
    const { name } = aggregator;
    const asked = { ...contextOf([]), population: least - 1 };
    const initial = { layout, values: new Float32Array(layout.size) };
    const refusal = {
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining(`${name} needs ${least}`) as string,
    };
    expect(() => aggregator.init(initial, asked)).toThrow(expect.objectContaining(refusal));
    expect(() => aggregator.init(initial, { ...asked, population: least })).not.toThrow();
    const turns = planOf({ cohort: { select: 'cyclic', groups: 2 } });
    expect(() => aggregator.init(initial, { plan: turns, population: 2 * least - 1 })).toThrow(
      expect.objectContaining(refusal),
    );
    const uniform = (size: number) => planOf({ cohort: { select: 'uniform', size } });
    expect(() => aggregator.validate!(uniform(least - 1))).toThrow(expect.objectContaining({ ...refusal, subject: 'cohort.size' })); // prettier-ignore
    expect(() => aggregator.validate!(uniform(least))).not.toThrow();
    const state = aggregator.init(initial, contextOf(Array<string>(least).fill('')));
    const reduction = aggregator.reduce(state, contextOf([]));
    for (let i = 0; i < least - 1; i++) reduction.add(updateOf(i, [1, 2, 3, 4, 5]));
    expect(() => reduction.finish()).toThrow(
      expect.objectContaining({ code: 'QUORUM_NOT_MET', message: expect.stringContaining(name) as string }),
    );
  });

  it('leave out by name whom they do not listen to', () => {
    const context = contextOf([]);
    const aggregator = robust.multiKrum();
    const state = aggregator.init({ layout, values: new Float32Array(5) }, { ...context, population: 5 });
    const reduction = aggregator.reduce(state, context);
    for (let i = 0; i < 5; i++) reduction.add(updateOf(i, i === 3 ? [9, 9, 9, 9, 9] : [i / 10, 0, 0, 0, 0]));
    const { leftOut, count } = reduction.finish();
    expect(count).toBe(4);
    expect(leftOut).toEqual([{ id: 'hospital-3', reason: expect.stringContaining('further than the 4') as string }]);
  });
});

describe('centered clipping', () => {
  it('begins at the change of the last round', () => {
    const aggregator = robust.centeredClipping({ clipNorm: 1, iterations: 1 });
    const context = contextOf(['hospital-0']);
    let state = aggregator.init({ layout, values: new Float32Array(5) }, context);
    const moved: number[] = [];
    for (let round = 0; round < 3; round++) {
      const reduction = aggregator.reduce(state, context);
      reduction.add(updateOf(0, [2.5, 0, 0, 0, 0]));
      const sum = reduction.finish();
      moved.push(sum.payload[0]! / sum.divisor);
      state = aggregator.apply(state, sum, context);
    }
    expect(moved).toEqual([1, 2, 2.5]);
  });
});

describe('geometric median', () => {
  it('goes by the records that sites claim where it is told to: half of the weight wins', () => {
    const all = [updateOf(0, [1, 1, 1, 1, 1], 100), ...[1, 2, 3].map((i) => updateOf(i, [0, 0, 0, 0, i / 100], 10))];
    expect(norm(changeBy(robust.geometricMedian(), all))).toBeLessThan(0.1);
    expect(norm(changeBy(robust.geometricMedian({ byRecords: true }), all))).toBeCloseTo(Math.sqrt(5), 5);
  });
});
