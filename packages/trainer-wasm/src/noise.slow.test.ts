import { KeystreamWords, Random } from '@fedward/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileKernels, type Kernels } from './testing/kernels.js';
import { beyond, correlation, ksStatistic, moments, normalTail } from './testing/statistics.js';

/** With fixed keys a true sample passes once and for all; each bound is one that chance passes but once in 10^5. */
const deviations = 4.5;
const count = 2_000_000;
const kinds = [
  { name: 'simulated: one draw of ChaCha8', rounds: 8, draws: 1 },
  { name: 'secret: the halved sum of four draws of ChaCha20', rounds: 20, draws: 4 },
] as const;

describe.each(kinds)('noise, $name', ({ name, rounds, draws }) => {
  let kernels: Kernels;
  beforeAll(async () => void (kernels = await compileKernels('simd')));
  beforeEach(() => kernels.clear());

  const sample = (sigma: number, size = count, step = 0, key = new Random(name).key()): Float32Array => {
    const values = kernels.room(size);
    kernels.floats(values, size).fill(0);
    kernels.addGaussian(values, size, sigma, 1, kernels.put(key), rounds, step, draws);
    return kernels.floats(values, size);
  };

  /** What is wrong with a sample that is said to be N(0, sigma^2); nothing of a true one. */
  const faults = (values: Float32Array, sigma: number): string[] => {
    const n = values.length;
    const { mean, variance, skewness, kurtosis } = moments(values);
    const found = {
      mean: Math.abs(mean) > (deviations * sigma) / Math.sqrt(n),
      variance: Math.abs(variance / sigma ** 2 - 1) > deviations * Math.sqrt(2 / n),
      skewness: Math.abs(skewness) > deviations * Math.sqrt(6 / n),
      kurtosis: Math.abs(kurtosis - 3) > deviations * Math.sqrt(24 / n),
      distribution: ksStatistic(values.subarray(0, 300_000), sigma) > 2.47, // 2 exp(-2 x^2) = 10^-5
      ...Object.fromEntries(
        [3, 4, 5].flatMap((at) => {
          const expected = n * normalTail(at);
          const [above, below] = beyond(values, at * sigma);
          // Poisson with so small a mean as 0.57 is seldom above 6.
          const most = expected + deviations * Math.sqrt(expected) + 3;
          const least = expected - deviations * Math.sqrt(expected);
          const out = (k: number) => k > most || k < least;
          return [
            [`above ${at} sigma`, out(above)],
            [`below ${at} sigma`, out(below)],
          ];
        }),
      ),
    };
    return Object.keys(found).filter((what) => found[what as keyof typeof found]);
  };

  it.each([0.3, 2.5, 40])('has moments, distribution and tails of a normal of deviation %s', (sigma) => {
    expect(faults(sample(sigma), sigma)).toEqual([]);
  });

  it.each([0.3, 2.5, 40])('is told from noise that takes the variance for the deviation %s', (sigma) => {
    for (const wrong of [sigma ** 2, Math.sqrt(sigma)])
      expect(faults(sample(wrong), sigma)).toEqual(expect.arrayContaining(['variance', 'distribution']));
  });

  it('is told from noise that lacks a part, or has too thin or thick a tail', () => {
    const sigma = 2.5;
    const mutants: Record<string, (x: number, i: number) => number> = {
      mean: (x) => x + 0.01 * sigma,
      variance: (x) => 1.003 * x,
      skewness: (x) => (x > 0 ? 1.02 * x : x),
      kurtosis: (x, i) => (i % 10 ? 0.985 * x : 1.15 * x),
      'above 3 sigma': (x) => Math.min(x, 2.99 * sigma),
      'below 4 sigma': (x) => Math.max(x, -3.9 * sigma),
      'above 5 sigma': (x, i) => (i % 100_000 ? x : 5.1 * sigma),
    };
    for (const [fault, mutant] of Object.entries(mutants))
      expect(faults(sample(sigma).map(mutant), sigma), fault).toContain(fault);
  });

  it('is not correlated: neighbours, the two of a pair, blocks, steps, keys, and what is squared', () => {
    const n = 500_000;
    const one = sample(2.5, n);
    const bound = deviations / Math.sqrt(n);
    const squared = (values: Float32Array) => values.map((x) => x * x);
    const expectApart = (a: Float32Array, b: Float32Array) => {
      expect(Math.abs(correlation(a, b))).toBeLessThan(bound);
      // Squares show what correlation doesn't: a shared radius.
      expect(Math.abs(correlation(squared(a), squared(b)))).toBeLessThan(bound);
    };
    for (const lag of [1, 2, 3, 4, 5, 8, 16, 64, 256]) expectApart(one.subarray(lag), one.subarray(0, n - lag));
    // Cosine and sine of one pair stand four apart in every eight.
    const halves = [0, 4].map((offset) =>
      Float32Array.from({ length: n / 2 }, (_, i) => one[8 * (i >> 2) + (i & 3) + offset]!),
    );
    const pairBound = deviations / Math.sqrt(n / 2);
    expect(Math.abs(correlation(halves[0]!, halves[1]!))).toBeLessThan(pairBound);
    expect(Math.abs(correlation(squared(halves[0]!), squared(halves[1]!)))).toBeLessThan(pairBound);
    for (const step of [1, 2, 256, 65_536]) expectApart(one, sample(2.5, n, step));
    expectApart(one, sample(2.5, n, 0, new Random('another').key()));
    expect(sample(2.5, n)).toEqual(one);
  });

  it('is not correlated with the uniforms of sampling at the same step', () => {
    const n = 200_000;
    const words = new KeystreamWords({ key: new Random(name).key(), rounds }, 0, 0);
    const uniforms = Float32Array.from({ length: n }, (_, i) => words.uniform(i));
    expect(Math.abs(correlation(sample(2.5, n), uniforms))).toBeLessThan(deviations / Math.sqrt(n));
  });
});
