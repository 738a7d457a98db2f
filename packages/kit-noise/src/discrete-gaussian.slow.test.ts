import { describe, expect, it } from 'vitest';
import { Random } from '@fedward/core';
import { SecureBits, SeededBits } from './bit-source.js';
import { addDiscreteGaussian, discreteGaussian, discreteLaplace } from './discrete-gaussian.js';
import { rational } from './rational.js';
import { chiSquareDeviate, discreteGaussianProbabilities, neverByChance } from './testing/chi-square.js';

const sources = { SecureBits: () => new SecureBits(), SeededBits: () => new SeededBits(new Random('noise')) };
const parameters: [number, ReturnType<typeof rational>][] = [
  [0.5, rational(1, 4)],
  [1.7, rational(289, 100)],
  [20, rational(400)],
];
const n = 200_000;
const sampleOf = (sigmaSquared: ReturnType<typeof rational>, source = new SecureBits()): Int32Array => {
  const values = new Int32Array(n);
  addDiscreteGaussian(values, sigmaSquared, source);
  return values;
};
const deviate = (sample: ArrayLike<number>, sigma: number): number =>
  chiSquareDeviate(sample, discreteGaussianProbabilities(sigma ** 2), Math.ceil(12 * sigma) + 12);

describe.each(Object.entries(sources))('discrete Gaussian from %s', (_, create) => {
  it.each(parameters)('of sigma %s has the exact probabilities', (sigma, sigmaSquared) => {
    const sample = sampleOf(sigmaSquared, create() as SecureBits);
    expect(deviate(sample, sigma)).toBeLessThan(neverByChance);
    // Never wider than the continuous one of this variance.
    const mean = sample.reduce((sum, x) => sum + x, 0) / n;
    const variance = sample.reduce((sum, x) => sum + x * x, 0) / n;
    expect(Math.abs(mean)).toBeLessThan((6 * sigma) / Math.sqrt(n));
    expect(variance).toBeLessThan(sigma ** 2 * (1 + 6 * Math.sqrt(2 / n)));
  });

  it.each(parameters)('of sigma %s is symmetric', (sigma, sigmaSquared) => {
    const sample = sampleOf(sigmaSquared, create() as SecureBits);
    const [positive, negative] = [sample.filter((x) => x > 0), sample.filter((x) => x < 0)];
    const signs = positive.length + negative.length;
    expect(Math.abs(positive.length - negative.length)).toBeLessThan(6 * Math.sqrt(signs));
    expect(signs).toBeGreaterThan(n / 10);
  });
});

describe('addDiscreteGaussian', () => {
  it.each(parameters)('is told from a build that takes the deviation %s for the variance', (sigma, sigmaSquared) => {
    expect(deviate(sampleOf(rational(Math.round(100 * sigma), 100)), sigma)).toBeGreaterThan(neverByChance);
    const squared = rational(sigmaSquared.numerator ** 2n, sigmaSquared.denominator ** 2n);
    expect(deviate(sampleOf(squared), sigma)).toBeGreaterThan(neverByChance);
  });

  it('is told from a continuous Gaussian that is rounded, where it differs', () => {
    const random = new Random(5);
    const rounded = Float64Array.from({ length: n }, () => Math.round(0.5 * random.normal()));
    expect(deviate(rounded, 0.5)).toBeGreaterThan(neverByChance);
  });

  it('gives the same in bigints, where numbers are too small, as in numbers', () => {
    // 2 a b t^2 is above 2^53: the exponents are bigints, the distribution that of 289/100 to 1e-12.
    const sigmaSquared = rational(289n * 10n ** 12n + 1n, 10n ** 14n);
    expect(deviate(sampleOf(sigmaSquared), 1.7)).toBeLessThan(neverByChance);
    const wide = sampleOf(rational(10n ** 12n)).map((x) => Math.round(x / 1e5));
    const near = discreteGaussianProbabilities(1e12);
    const binned = (bin: number): number => {
      let sum = 0;
      for (let x = bin * 1e5 - 49_950; x < bin * 1e5 + 50_000; x += 100) sum += 100 * near(x);
      return sum;
    };
    expect(chiSquareDeviate(wide, binned, 60)).toBeLessThan(neverByChance);
  });

  it('repeats itself under a seeded source, and says so; never under a secret one', () => {
    const seeded = (seed: string): Int32Array => {
      const values = new Int32Array(1000);
      addDiscreteGaussian(values, rational(400), new SeededBits(new Random(seed)));
      return values;
    };
    expect(seeded('a')).toEqual(seeded('a'));
    expect(seeded('a')).not.toEqual(seeded('b'));
    expect([...seeded('a').subarray(0, 8)]).toMatchInlineSnapshot(`
      [
        28,
        1,
        -44,
        -15,
        -22,
        -3,
        13,
        -23,
      ]
    `);
    expect(new SeededBits(new Random(1)).simulationOnly).toBe(true);
    expect(sampleOf(rational(400))).not.toEqual(sampleOf(rational(400)));
    expect(new SecureBits().simulationOnly).toBe(false);
  });

  it('has nothing in common from one draw to the next', () => {
    const sample = sampleOf(rational(400));
    for (const lag of [1, 2, 3]) {
      let sum = 0;
      for (let i = lag; i < n; i++) sum += sample[i]! * sample[i - lag]!;
      expect(Math.abs(sum / n / 400)).toBeLessThan(6 / Math.sqrt(n));
    }
  });

  it('adds to what is there, in either type, and wraps around', () => {
    const small = Int32Array.from({ length: 5000 }, (_, i) => 1000 * i);
    const wide = BigInt64Array.from({ length: 5000 }, (_, i) => 2n ** 60n + 1000n * BigInt(i));
    addDiscreteGaussian(small, rational(400), new SecureBits());
    addDiscreteGaussian(wide, rational(400), new SecureBits());
    const noise = [...small].map((x, i) => x - 1000 * i);
    const wideNoise = [...wide].map((x, i) => Number(x - 2n ** 60n - 1000n * BigInt(i)));
    for (const drawn of [noise, wideNoise]) expect(deviate(drawn, 20)).toBeLessThan(neverByChance);
    const full = Int32Array.from({ length: 1000 }, () => 2 ** 31 - 1);
    addDiscreteGaussian(full, rational(400), new SecureBits());
    expect(full.some((x) => x < -(2 ** 30))).toBe(true);
    expect(full.every((x) => ((x - (2 ** 31 - 1)) | 0) ** 2 < 400 * 100)).toBe(true);
  });

  it.each([
    ['0', { numerator: 0n, denominator: 1n }],
    ['negative', { numerator: -1n, denominator: 1n }],
    ['beyond 2^80', rational(2n ** 81n)],
  ])('refuses a parameter that is %s and changes nothing', (_, sigmaSquared) => {
    const values = Int32Array.of(5);
    expect(() => addDiscreteGaussian(values, sigmaSquared, new SecureBits())).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'sigmaSquared' }),
    );
    expect(values[0]).toBe(5);
  });
});

describe('discreteLaplace and the largest parameter', () => {
  it.each([1, 3, 20])('of scale %s has the exact probabilities', (scale) => {
    const source = new SecureBits();
    const sample = Int32Array.from({ length: n }, () => discreteLaplace(scale, source));
    const ratio = Math.exp(-1 / scale);
    const probability = (x: number): number => ((1 - ratio) / (1 + ratio)) * ratio ** Math.abs(x);
    expect(chiSquareDeviate(sample, probability, 30 * scale)).toBeLessThan(neverByChance);
  });

  it('of sigma 2^40 stays within the integers that a number holds', () => {
    const draw = discreteGaussian(rational(2n ** 80n), new SecureBits());
    const sample = Float64Array.from({ length: 2000 }, draw);
    expect(sample.every(Number.isSafeInteger)).toBe(true);
    const variance = sample.reduce((sum, x) => sum + (x / 2 ** 40) ** 2, 0) / sample.length;
    expect(Math.abs(variance - 1)).toBeLessThan(6 * Math.sqrt(2 / sample.length));
  });
});
