import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '@fedward/core';
import { SeededBits } from './bit-source.js';
import { dequantize, quantize, quantizedSensitivity } from './quantize.js';

const source = new SeededBits(new Random('rounding'));
const normOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values, (x) => x * x).reduce((a, b) => a + b, 0));

describe('quantize', () => {
  it('keeps the mean of each value', () => {
    const values = Float64Array.of(0.34, -0.34, 0.1, 0, -0.777);
    const quantization = { clipNorm: 1, granularity: 0.1, dimension: 5, beta: 0 };
    const sums = new Float64Array(5);
    const repeats = 40_000;
    for (let i = 0; i < repeats; i++) quantize(values, quantization, source).forEach((x, j) => (sums[j]! += x));
    // The deviation of one rounding is at most 1/2.
    sums.forEach((sum, i) =>
      expect(Math.abs(sum / repeats - values[i]! / 0.1)).toBeLessThan(5 * 0.5 * (1 / Math.sqrt(repeats)) + 1e-9),
    );
  });

  it('rounds to a neighbour, and leaves what is an integer already', () => {
    const quantization = { clipNorm: 100, granularity: 0.5, dimension: 3, beta: 0 };
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const [first, second, third] = quantize(Float32Array.of(1.5, -2, 0.75), quantization, source);
      expect([first, second]).toEqual([3, -4]);
      seen.add(third!);
    }
    expect([...seen].sort()).toEqual([1, 2]);
  });

  it('never lets out a norm above the sensitivity, whatever comes in', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 });
    const norms = fc.double({ min: 0.01, max: 100, noNaN: true });
    const betas = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(values, norms, norms, betas, (vector, clipNorm, granularity, beta) => {
        const quantization = { clipNorm, granularity, dimension: vector.length, beta };
        const integers = quantize(Float64Array.from(vector), quantization, source);
        expect(normOf(integers)).toBeLessThanOrEqual(quantizedSensitivity(quantization));
      }),
      { numRuns: 500 },
    );
  });

  it('draws anew where the bound would be passed: some roundings would, and none does', () => {
    // All values at a half: each rounding lengthens or shortens, and about a third are too long at this beta.
    const dimension = 64;
    const vector = new Float64Array(dimension).fill(0.5);
    const beta = 0.95;
    const tight = { clipNorm: normOf(vector), granularity: 1, dimension, beta };
    const loose = { ...tight, beta: 0 };
    const bound = quantizedSensitivity(tight);
    const longest = (quantization: typeof tight): number =>
      Math.max(...Array.from({ length: 3000 }, () => normOf(quantize(vector, quantization, source))));
    expect(longest(loose)).toBeGreaterThan(bound);
    expect(longest(tight)).toBeLessThanOrEqual(bound);
  });

  it('rejects at most the fraction beta (theorem 1)', () => {
    const dimension = 64;
    const vector = new Float64Array(dimension).fill(0.5);
    for (const beta of [0.05, 0.3, Math.exp(-0.5)]) {
      const bound = quantizedSensitivity({ clipNorm: normOf(vector), granularity: 1, dimension, beta });
      const all = { clipNorm: normOf(vector), granularity: 1, dimension, beta: 0 };
      let rejected = 0;
      for (let i = 0; i < 4000; i++) if (normOf(quantize(vector, all, source)) > bound) rejected++;
      expect(rejected / 4000).toBeLessThanOrEqual(beta);
    }
  });

  it('clips what is too long', () => {
    const quantization = { clipNorm: 5, granularity: 0.001, dimension: 2 };
    const [x, y] = quantize(Float64Array.of(3000, 4000), quantization, source);
    expect(Math.abs(x! - 3000)).toBeLessThanOrEqual(1);
    expect(Math.abs(y! - 4000)).toBeLessThanOrEqual(1);
    expect([...dequantize(Int32Array.of(3000, -4000), 0.001)]).toEqual([3, -4]);
    expect([...dequantize(BigInt64Array.of(3000n), 0.001)]).toEqual([3]);
  });

  it('says so where a value is not finite, or the vector has another length', () => {
    const quantization = { clipNorm: 1, granularity: 0.1, dimension: 2 };
    for (const wrong of [NaN, Infinity, -Infinity])
      expect(() => quantize(Float64Array.of(wrong, 0), quantization, source)).toThrow(
        expect.objectContaining({ code: 'UPDATE_NOT_FINITE' }),
      );
    expect(() => quantize(Float64Array.of(1), quantization, source)).toThrow(
      expect.objectContaining({ subject: 'values' }),
    );
  });
});

describe('quantizedSensitivity', () => {
  it('is the formula of theorem 1', () => {
    // c = 100, d = 10,000: (100 + 100)^2 = 40,000 and 10,000 + 2,500 + sqrt(2 * 0.5) * (100 + 50) = 12,650.
    const quantization = { clipNorm: 1, granularity: 0.01, dimension: 10_000 };
    expect(quantizedSensitivity({ ...quantization, beta: 0 })).toBeCloseTo(200, 6);
    expect(quantizedSensitivity(quantization)).toBeCloseTo(Math.sqrt(12_650), 6);
    expect(quantizedSensitivity({ ...quantization, beta: 0.1 })).toBeCloseTo(
      Math.sqrt(Math.floor(12_500 + Math.sqrt(2 * Math.log(10)) * 150)),
      6,
    );
  });

  it.each([
    [{ clipNorm: 0 }, 'clipNorm'],
    [{ granularity: 0 }, 'granularity'],
    [{ granularity: 1e-12 }, 'granularity'],
    [{ dimension: 0 }, 'dimension'],
    [{ beta: 1 }, 'beta'],
    [{ beta: -0.1 }, 'beta'],
  ])('refuses %j', (wrong, subject) => {
    const quantization = { clipNorm: 1, granularity: 0.01, dimension: 10, ...wrong };
    expect(() => quantizedSensitivity(quantization)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }),
    );
  });
});
