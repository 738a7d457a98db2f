import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLayout, Random } from '@fedward/core';
import { SeededBits, type BitSource } from '@fedward/kit-noise';
import { assertFixedPoint, decode, encode, maskedForm, roundingBound, type FixedPoint } from './fixed-point.js';

const source = new SeededBits(new Random('fixed point'));
/** Rounds up whatever is no integer, or down. */
const always: BitSource = { simulationOnly: true, word: () => 0 };
const never: BitSource = { simulationOnly: true, word: () => 2 ** 32 - 1 };

const anyBits = [32, 64] as const;
const anySites = [3, 5, 10, 50, 100] as const;
const settings = anyBits.flatMap((bits) => anySites.map((sites) => ({ bits, sites })));
const fixedPointOf = (options: Partial<FixedPoint>): FixedPoint => {
  const fixedPoint: FixedPoint = { range: 1, bits: 32, sites: 5, mostRecords: 4096, ...options };
  assertFixedPoint(fixedPoint);
  return fixedPoint;
};

interface Site {
  readonly values: ElementValues;
  readonly weight: number;
}
type ElementValues = Float32Array | Float64Array | Uint32Array;

function sumOf(sites: readonly Site[], fixedPoint: FixedPoint, bits: BitSource = source): Uint32Array {
  const encoded = sites.map(({ values, weight }) => encode(values, weight, fixedPoint, bits));
  const sum = new Uint32Array(encoded[0]!.length);
  for (const words of encoded) words.forEach((word, i) => (sum[i] = sum[i]! + word));
  return sum;
}

/** As an integer of 2^-200: exact for what is a multiple of that. */
const exact = (value: number): bigint => BigInt(value * 2 ** 150) << 50n;

/** |decoded - sum of clipped value x weight / mostRecords| <= bound, in exact arithmetic. */
function expectWithinBound(sites: readonly Site[], fixedPoint: FixedPoint, bits?: BitSource): void {
  const { range, mostRecords } = fixedPoint;
  const size = sites[0]!.values.length;
  const { payload, divisor } = decode(sumOf(sites, fixedPoint, bits), fixedPoint, size);
  const weights = sites.reduce((sum, { weight }) => sum + weight, 0);
  expect(divisor).toBe(weights / mostRecords);
  const most = exact(roundingBound(fixedPoint)) * BigInt(mostRecords);
  for (let i = 0; i < size; i++) {
    let plain = 0n;
    for (const { values, weight } of sites)
      plain += exact(Math.trunc(clipped(values[i]!, range) * 2 ** 100) / 2 ** 100) * BigInt(weight);
    const error = exact(payload[i]!) * BigInt(mostRecords) - plain;
    const within = (error < 0n ? -error : error) <= most;
    expect({ i, within, payload: payload[i] }).toEqual({ i, within: true, payload: payload[i] });
  }
}

const clipped = (value: number, range: number): number => Math.max(-range, Math.min(range, value));

describe('a sum of encodings', () => {
  it.each(settings)('of $sites sites in $bits bits is the plain weighted sum, within the bound', ({ bits, sites }) => {
    const fixedPoints = fc
      .record({
        range: fc.constantFrom(1, 0.1, 3, 2 ** -20, 1e4),
        mostRecords: fc.constantFrom(1, 2, 1000, 4096, ...(bits === 64 ? [1_000_000] : [])),
      })
      .map((options) => fixedPointOf({ ...options, bits, sites }));
    const rounds = fixedPoints.chain((fixedPoint) => {
      const { range, mostRecords } = fixedPoint;
      const value = fc.oneof(
        fc.double({ min: -1.5 * range, max: 1.5 * range, noNaN: true }),
        fc.constantFrom(range, -range, 0, 1e30, -1e30, range * 2 ** -40),
      );
      const site = fc.record({
        values: fc.array(value, { minLength: 4, maxLength: 4 }).map((values) => Float64Array.from(values)),
        weight: fc.oneof(fc.integer({ min: 1, max: mostRecords }), fc.constantFrom(1, mostRecords)),
      });
      const group = fc.array(site, { minLength: sites, maxLength: sites, size: 'max' });
      return fc.tuple(fc.constant(fixedPoint), group, fc.integer({ min: 1, max: sites }));
    });
    fc.assert(
      fc.property(rounds, ([fixedPoint, group, survivors]) => {
        expectWithinBound(group, fixedPoint);
        expectWithinBound(group.slice(0, survivors), fixedPoint);
      }),
      { numRuns: 40 },
    );
  });

  it.each(settings)('of $sites sites in $bits bits never wraps, at the extremes of the range', ({ bits, sites }) => {
    // 0.7 and 1.3 are not whole numbers of steps: the random step goes beyond them.
    for (const range of [1, 0.7, 1.3])
      for (const mostRecords of [1, 3, 4096])
        for (const extreme of [range, -range, range * 1e6, -range * 1e6])
          for (const bit of [always, never]) {
            const fixedPoint = fixedPointOf({ range, bits, sites, mostRecords });
            const site = { values: Float64Array.of(extreme, -extreme, range * 0.999_999_999), weight: mostRecords };
            expectWithinBound(
              Array.from({ length: sites }, () => site),
              fixedPoint,
              bit,
            );
          }
  });

  it.each(anyBits)('of three times as many sites as were told does wrap, in %i bits', (bits) => {
    const fixedPoint = fixedPointOf({ bits, sites: 100, mostRecords: 1 });
    const sites = Array.from({ length: 300 }, () => ({ values: Float64Array.of(1), weight: 1 }));
    const words = sumOf(sites, fixedPoint);
    words[words.length - 1] = 100;
    expect(decode(words, fixedPoint, 1).payload[0]).not.toBeCloseTo(300, 0);
  });

  it.each(anyBits)('keeps low digits apart from high ones, whatever they are, in %i bits', (bits) => {
    // All low digits as large as they can be, in positive and in negative numbers.
    for (const sites of [3, 100, 257, 1000]) {
      const fixedPoint = fixedPointOf({ bits, sites, mostRecords: 1 });
      const step = stepOf(fixedPoint);
      const values = Float64Array.of(1 - step, step - 1, -step, step);
      expectWithinBound(
        Array.from({ length: sites }, () => ({ values, weight: 1 })),
        fixedPoint,
      );
    }
  });

  it('of whole numbers is exact where all weigh the same', () => {
    for (const bits of anyBits) {
      const fixedPoint = fixedPointOf({ bits, range: 100_000, mostRecords: 1 });
      const sites = [Uint32Array.of(7, 0, 100_000), Float32Array.of(-9, 2, -100_000), Float64Array.of(1, 1, 99_999)];
      const sum = sumOf(
        sites.map((values) => ({ values, weight: 1 })),
        fixedPoint,
      );
      expect(decode(sum, fixedPoint, 3)).toEqual({ payload: Float64Array.of(-1, 3, 99_999), divisor: 3 });
    }
  });

  it('has a mean within a thousandth of the range, whatever the weights', () => {
    for (const bits of anyBits) {
      const fixedPoint = fixedPointOf({ bits, sites: 100, range: 2, mostRecords: 16_384 });
      const leastDivisor = 100 / fixedPoint.mostRecords;
      expect(roundingBound(fixedPoint) / leastDivisor).toBeLessThanOrEqual(2 * 2 ** -9.99);
    }
  });
});

/** What one integer stands for. */
function stepOf(fixedPoint: FixedPoint): number {
  const words = encode(Float64Array.of(0), 1, fixedPoint, never);
  words[0] = 1;
  return decode(words, fixedPoint, 1).payload[0]!;
}

describe('encode', () => {
  it.each(anyBits)('keeps the mean, in %i bits', (bits) => {
    const fixedPoint = fixedPointOf({ bits, mostRecords: 10 });
    const step = stepOf(fixedPoint);
    const repeats = 100_000;
    for (const [steps, weight] of [
      [0.3, 10],
      [-0.3, 10],
      [1000.5, 3],
      [-77.07, 7],
      [0.001, 10],
    ] as const) {
      const values = new Float64Array(repeats).fill(steps * step);
      const { payload } = decode(encode(values, weight, fixedPoint, source), fixedPoint, repeats);
      const mean = payload.reduce((sum, value) => sum + value / step, 0) / repeats;
      const expected = (steps * weight) / 10;
      const fraction = expected - Math.floor(expected);
      const deviation = Math.sqrt((fraction * (1 - fraction)) / repeats);
      expect(Math.abs(mean - expected)).toBeLessThan(5 * deviation);
      const neighbours = [Math.floor(expected), Math.ceil(expected)];
      expect(new Set(payload.map((value) => value / step))).toEqual(new Set(neighbours));
    }
  });

  it('leaves alone what is a whole number of steps', () => {
    const fixedPoint = fixedPointOf({});
    const step = stepOf(fixedPoint);
    const values = Float64Array.of(5 * step, -8 * step, 0);
    for (const bits of [always, never])
      expect([...encode(values, 4096, fixedPoint, bits)]).toEqual([5, 2 ** 32 - 8, 0, 4096]);
  });

  it('refuses what is not finite', () => {
    for (const wrong of [NaN, Infinity, -Infinity])
      expect(() => encode(Float32Array.of(0, wrong), 1, fixedPointOf({}), source)).toThrow(
        expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }),
      );
  });

  it('refuses a weight that is no number of records up to mostRecords', () => {
    for (const wrong of [0, -1, 1.5, 4097, NaN])
      expect(() => encode(Float32Array.of(0), wrong, fixedPointOf({}), source)).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'mostRecords' }),
      );
  });

  it('does not tell the server the number of records that it refuses', () => {
    expect(() => encode(Float32Array.of(0), 54321, fixedPointOf({}), source)).toThrow(/^(?!.*54321)/);
  });
});

describe('decode', () => {
  it('refuses a sum of another size, or one that no weights add up to', () => {
    const fixedPoint = fixedPointOf({});
    const words = encode(Float32Array.of(1, 2), 4096, fixedPoint, source);
    expect(() => decode(words, fixedPoint, 3)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    for (const weights of [0, 5 * 4096 + 1, 2 ** 32 - 1]) {
      words[2] = weights;
      expect(() => decode(words, fixedPoint, 2)).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'weight' }),
      );
    }
    words[2] = 5 * 4096;
    expect(decode(words, fixedPoint, 2).divisor).toBe(5);
  });

  it('refuses a sum whose mean is beyond the range: words that no honest sites can have sent', () => {
    for (const bits of [32, 64] as const) {
      const fixedPoint = fixedPointOf({ bits });
      const { range } = fixedPoint;
      const words = encode(Float32Array.of(range, -range), 4096, fixedPoint, source);
      expect(decode(words, fixedPoint, 2).payload[0]).toBeCloseTo(range, 3);
      words[words.length - 1] = 1; // a weight that makes of the sum a mean of 4,096 times the range
      expect(() => decode(words, fixedPoint, 2)).toThrow(
        expect.objectContaining({ code: 'UPDATE_INVALID', subject: 'values' }),
      );
    }
  });
});

describe('maskedForm', () => {
  const layout = createLayout([{ name: 'weight', shape: [3, 4] }, { name: 'bias', shape: [4] }]); // prettier-ignore

  it.each(anyBits)('is what encode gives, in %i bits', (bits) => {
    const form = maskedForm({ layout, element: 'f32' }, { bits });
    expect(form.element).toBe('u32');
    expect(form.layout.size).toBe(encode(new Float32Array(16), 1, fixedPointOf({ bits }), source).length);
    expect(form.layout.tensors.map(({ name }) => name)).toEqual(['values', 'weight']);
  });
});

describe('assertFixedPoint', () => {
  it('takes 100 hospitals of thousands of records in 32 bits', () => {
    expect(() => fixedPointOf({ sites: 100, mostRecords: 10_000 })).not.toThrow();
  });

  it('says what to change where a site of one record has too few steps', () => {
    const wrong = { sites: 100, mostRecords: 100_000 };
    expect(() => fixedPointOf(wrong)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'bits',
        message: expect.stringMatching(/bits to 64, or mostRecords to at most \d+, or weights to equal$/) as string,
      }),
    );
    expect(() => fixedPointOf({ ...wrong, bits: 64 })).not.toThrow();
    const message = ((): string => {
      try {
        return String(fixedPointOf(wrong));
      } catch (error) {
        return String(error);
      }
    })();
    const most = Number(/at most (\d+)/.exec(message)![1]);
    expect(() => fixedPointOf({ ...wrong, mostRecords: most })).not.toThrow();
    expect(() => fixedPointOf({ ...wrong, mostRecords: most + 1 })).toThrow();
  });

  it('refuses weights whose sum would wrap, and cohorts that leave no bits', () => {
    expect(() => fixedPointOf({ bits: 64, sites: 100, mostRecords: 100_000_000 })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'mostRecords',
        message: expect.stringContaining('the sum of the weights could pass 32 bits') as string,
      }),
    );
    expect(() => fixedPointOf({ sites: 5_000_000, mostRecords: 1 })).toThrow(/bits to 64, or a smaller cohort$/);
    expect(() => fixedPointOf({ bits: 64, sites: 2 ** 31 - 1, mostRecords: 1 })).toThrow(/Set a smaller cohort$/);
  });

  it.each([
    [{ range: 0 }, 'range'],
    [{ range: NaN }, 'range'],
    [{ range: 1e300 }, 'range'],
    [{ bits: 16 as 32 }, 'bits'],
    [{ sites: 0 }, 'sites'],
    [{ sites: 2.5 }, 'sites'],
    [{ mostRecords: 0 }, 'mostRecords'],
  ])('refuses %j', (wrong, subject) => {
    expect(() => fixedPointOf(wrong)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});
