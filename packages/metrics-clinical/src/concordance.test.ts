import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concordanceIndex } from './concordance.js';
import { harrellC } from './survival/c-index.js';
import { lifelinesTies } from './survival/lifelines.fixture.js';

const time = fc.constantFrom(-4, -3, -2, -1, 1, 2, 3, 4);
const records = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), time), { minLength: 1, maxLength: 30 });

/** Pair by pair, from the definition. */
function byDefinition(records: readonly (readonly [number, number])[]): number | undefined {
  const worths = records.flatMap(([score, time], i) =>
    records.flatMap(([otherScore, otherTime], j) => {
      const first = time > 0 && (time < Math.abs(otherTime) || time === -otherTime);
      if (i === j || !first) return [];
      return score > otherScore ? 1 : score === otherScore ? 0.5 : (0 as number);
    }),
  );
  return worths.length > 0 ? worths.reduce((a, b) => a + b, 0) / worths.length : undefined;
}
const indexOf = (given: readonly (readonly [number, number])[]) =>
  concordanceIndex(
    given.map(([score]) => score),
    given.map(([, time]) => time),
  );

describe('concordanceIndex', () => {
  it('is as counted by hand, with ties and censoring', () => {
    // Pairs: event at 1 with all four others (3 concordant); event at 2 with the one censored at 2 and with the
    // last (1 concordant, 1 of equal scores); the other event at 2 with the same two (none). The censored: none.
    expect(concordanceIndex([2, 1, 0, 1, 3], [1, 2, 2, -2, -3])).toBe(3.5 / 8);
  });

  it('is that of lifelines, ties of times and of scores included', () => {
    for (const { scores, times, index } of lifelinesTies) {
      expect(concordanceIndex(scores, times)).toBeCloseTo(index, 14);
      expect(harrellC(scores, times)!.value).toBeCloseTo(index, 14);
    }
  });

  it('is the share of pairs in the right order, for any ties', () => {
    fc.assert(
      fc.property(records, (given) => {
        const expected = byDefinition(given);
        const found = indexOf(given);
        if (expected === undefined) expect(found).toBeUndefined();
        else expect(found).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('does not depend on the order of records, and turns to 1 - index when scores change sign', () => {
    fc.assert(
      fc.property(records, (given) => {
        const index = indexOf(given);
        expect(indexOf(given.toReversed())).toBe(index);
        const mirrored = indexOf(given.map(([score, time]) => [-score, time]));
        if (index === undefined) expect(mirrored).toBeUndefined();
        else expect(mirrored).toBeCloseTo(1 - index, 12);
      }),
    );
  });

  it('has nothing to say without a pair', () => {
    expect(concordanceIndex([1, 2], [-1, -2])).toBeUndefined();
    expect(concordanceIndex([1, 2], [3, 3])).toBeUndefined();
    expect(concordanceIndex([1], [3])).toBeUndefined();
  });

  it('refuses what is no score or no time', () => {
    const refusal = (code: string, message: RegExp) =>
      expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(() => concordanceIndex([], [])).toThrow(refusal('DATA_EMPTY', /no record/));
    expect(() => concordanceIndex([1], [1, 2])).toThrow(refusal('ARGUMENT_INVALID', /1 scores for 2 times/));
    expect(() => concordanceIndex([1, NaN], [1, 2])).toThrow(refusal('ARGUMENT_INVALID', /record 1 is NaN/));
    for (const bad of [0, NaN, Infinity])
      expect(() => concordanceIndex([1, 2], [1, bad])).toThrow(refusal('LABEL_INVALID', /record 1/));
  });
});
