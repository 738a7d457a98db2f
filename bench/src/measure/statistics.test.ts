import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedRatios, quantile, summarise } from './statistics.js';

const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('quantile', () => {
  it.each([
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], q)
    [0, 1],
    [0.1, 1],
    [0.25, 1.75],
    [0.5, 3.5],
    [0.75, 5.25],
    [0.9, 6.9],
    [1, 9],
  ])('agrees with numpy at %d', (probability, expected) => {
    expect(quantile([3, 1, 4, 1, 5, 9, 2, 6], probability)).toBeCloseTo(expected, 12);
  });

  it('sorts by number, and leaves the samples as they are', () => {
    const given = [10, 9, 100];
    expect(quantile(given, 0.5)).toBe(10);
    expect(given).toEqual([10, 9, 100]);
  });

  it('does not care for the order, and grows with the probability', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, probability) => {
        expect(quantile(values.toReversed(), probability)).toBe(quantile(values, probability));
        expect(quantile(values, probability)).toBeLessThanOrEqual(quantile(values, 1));
        expect(quantile(values, probability)).toBeGreaterThanOrEqual(quantile(values, 0));
      }),
    );
  });

  it.each([
    ['no samples', [], 0.5, 'samples'],
    ['a probability above 1', [1], 1.5, 'probability'],
  ])('refuses %s', (_what, values, probability, subject) => {
    expect(() => quantile(values, probability)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});

describe('summarise', () => {
  it('says where samples lie', () => {
    expect(summarise([5, 1, 2, 4, 3])).toEqual({
      count: 5,
      minimum: 1,
      lowerQuartile: 2,
      median: 3,
      upperQuartile: 4,
      maximum: 5,
    });
  });
});

describe('pairedRatios', () => {
  it('divides pair by pair', () => {
    expect(pairedRatios([8, 9, 1], [2, 3, 4])).toEqual([4, 3, 0.25]);
  });

  it('refuses what is not in pairs', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
