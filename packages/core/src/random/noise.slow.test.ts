import { describe, expect, it } from 'vitest';
import { correlation, ksStatistic, moments, neverByChance, normalCdf } from '../testing/statistics.js';
import { KeystreamWords } from './keystream.js';
import { noNoise, SecureNoise, SeededNoise, type NoiseSource } from './noise.js';
import { Random } from './random.js';
import { secretRandomness, simulatedRandomness } from './randomness.js';

const sources = {
  SecureNoise: () => new SecureNoise(),
  SeededNoise: () => new SeededNoise(new Random('noise')),
};
const n = 100_000;

function draw(source: NoiseSource, standardDeviation: number, offset = 0): Float64Array {
  const values = new Float64Array(n).fill(offset);
  source.addGaussian(values, standardDeviation);
  return values;
}

/** How far a sample is from N(offset, standardDeviation^2). */
const distance = (sample: Float64Array, standardDeviation: number, offset = 0) =>
  ksStatistic(sample, (x) => normalCdf((x - offset) / standardDeviation));

describe.each(Object.entries(sources))('%s', (_, create) => {
  it.each([0.003, 0.5, 4.845, 700])('draws a normal of standard deviation %s', (sigma) => {
    const sample = draw(create(), sigma);
    const { mean, variance } = moments(sample);
    // Six deviations: one run in 10^9 by chance.
    expect(Math.abs(mean)).toBeLessThan((6 * sigma) / Math.sqrt(n));
    expect(Math.abs(variance / sigma ** 2 - 1)).toBeLessThan(6 * Math.sqrt(2 / n));
    expect(distance(sample, sigma)).toBeLessThan(neverByChance);
  });

  it('is told from a draw that takes the one of deviation and variance for the other, or lacks one of its parts', () => {
    const sigma = 2;
    const mutants: ((sample: Float64Array) => Float64Array)[] = [
      (sample) => sample.map((x) => x * sigma), // of deviation sigma^2
      (sample) => sample.map((x) => x * Math.sqrt(sigma)),
      (sample) => sample.map((x) => x / Math.sqrt(sigma)),
      (sample) => sample.map((x) => x + 0.1),
      (sample) => sample.map((x) => x * 1.1),
      (sample) => sample.map(Math.abs),
    ];
    for (const mutant of mutants) expect(distance(mutant(draw(create(), sigma)), sigma)).toBeGreaterThan(neverByChance);
  });

  it('has the tails of a normal', () => {
    const sigma = 3;
    const source = create();
    let [three, four] = [0, 0];
    for (let i = 0; i < 10; i++)
      for (const x of draw(source, sigma)) {
        if (Math.abs(x) > 3 * sigma) three++;
        if (Math.abs(x) > 4 * sigma) four++;
      }
    // Of a million, 2699.8 lie beyond three deviations and 63.3 beyond four.
    expect(Math.abs(three - 2699.8)).toBeLessThan(6 * Math.sqrt(2699.8));
    expect(Math.abs(four - 63.3)).toBeLessThan(6 * Math.sqrt(63.3));
  });

  it('adds to what is there', () => {
    const sample = draw(create(), 0.5, 1000);
    expect(distance(sample, 0.5, 1000)).toBeLessThan(neverByChance);
    const values = Float32Array.from({ length: 10_000 }, (_, i) => 100 * i);
    create().addGaussian(values, 0.5);
    expect(values.every((x, i) => Math.abs(x - 100 * i) < 5)).toBe(true);
  });

  it('draws anew for each value, each call and each array', () => {
    const source = create();
    const [one, other] = [draw(source, 2), draw(source, 2)];
    const bound = 6 / Math.sqrt(n);
    expect(Math.abs(correlation(one, other))).toBeLessThan(bound);
    for (const lag of [1, 2, 3])
      expect(Math.abs(correlation(one.subarray(lag), one.subarray(0, -lag)))).toBeLessThan(bound);
    expect(new Set([...one, ...other]).size).toBe(2 * n);
  });

  it('of deviation 0 changes nothing', () => {
    const values = Float32Array.of(1, -2, 0);
    create().addGaussian(values, 0);
    expect([...values]).toEqual([1, -2, 0]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the deviation %s', (sigma) => {
    const values = Float32Array.of(1);
    expect(() => create().addGaussian(values, sigma)).toThrow(
      expect.objectContaining({ subject: 'standardDeviation' }),
    );
    expect(values[0]).toBe(1);
  });

  it('has uniform draws on [0, 1), multiples of 2^-53', () => {
    const source = create();
    const sample = Float64Array.from({ length: n }, () => source.uniform());
    expect(ksStatistic(sample, (x) => Math.min(1, Math.max(0, x)))).toBeLessThan(neverByChance);
    expect(sample.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 53))).toBe(true);
    expect(sample.some((x) => !Number.isInteger(x * 2 ** 32))).toBe(true);
  });
});

describe('SecureNoise', () => {
  it('never repeats itself', () => {
    expect(draw(new SecureNoise(), 1)).not.toEqual(draw(new SecureNoise(), 1));
    expect(new SecureNoise().simulationOnly).toBe(false);
  });

  it('gives a trainer another key each time, for ChaCha20, and has no draws of a step', () => {
    const source = new SecureNoise();
    const keys = Array.from({ length: 50 }, () => source.keystream());
    expect(new Set(keys.map(({ key }) => key.join())).size).toBe(50);
    expect(new Set(keys.flatMap(({ key }) => [...key])).size).toBeGreaterThan(395); // of 400 words
    expect(keys.every(({ key, rounds }) => key.length === 8 && rounds === 20)).toBe(true);
    expect(source).not.toHaveProperty('at');
  });
});

describe('SeededNoise', () => {
  it('repeats itself, and says so', () => {
    expect(draw(new SeededNoise(new Random(1)), 2)).toEqual(draw(new SeededNoise(new Random(1)), 2));
    expect(new SeededNoise(new Random(1)).simulationOnly).toBe(true);
  });

  it('draws from its keystream: uniforms at lane 0, normals at lane 1, of a step', () => {
    const source = new SeededNoise(new Random(1), 3);
    const [sampling, normals] = [0, 1].map((lane) => new KeystreamWords(source.keystream(), 3, lane));
    expect(source.keystream()).toEqual({ key: new Random(1).key(), rounds: 8 });
    expect([0, 1, 2].map(() => source.uniform())).toEqual([0, 1, 2].map((i) => sampling!.uniform(i)));
    const values = new Float64Array(7);
    source.addGaussian(values.subarray(0, 3), 2.5);
    source.addGaussian(values.subarray(3), 2.5);
    expect([...values]).toEqual(Array.from({ length: 7 }, (_, i) => 2.5 * normals!.normal(i)));
  });

  it('has the draws of a step, whatever was drawn before', () => {
    const drawn = (source: NoiseSource): number[] => {
      const values = new Float64Array(3);
      source.addGaussian(values, 0.7);
      return [source.uniform(), ...values];
    };
    const source = new SeededNoise(new Random(1));
    const steps = [0, 1, 2].map((step) => drawn(source.at(step)));
    drawn(source);
    expect([0, 1, 2].map((step) => drawn(source.at(step)))).toEqual(steps);
    expect(new Set(steps.flat()).size).toBe(12);
    expect(drawn(new SeededNoise(new Random(1)))).toEqual(steps[0]);
  });

  it('is made again from its key', () => {
    const source = new SeededNoise(new Random(1));
    expect(draw(new SeededNoise(source.keystream().key), 2)).toEqual(draw(source, 2));
  });
});

describe('noNoise', () => {
  it('leaves everything as it is, and is for simulations', () => {
    const values = Float32Array.of(1, 2);
    noNoise.addGaussian(values, 100);
    expect([...values]).toEqual([1, 2]);
    expect(noNoise.simulationOnly).toBe(true);
  });
});

describe('randomness of a site', () => {
  it('of a simulation repeats by client and round, and privacy noise has its own stream', () => {
    const [one, other] = [simulatedRandomness(42), simulatedRandomness(42)];
    expect(one.simulationOnly).toBe(true);
    expect(one.random('a', 0).uniform()).toBe(other.random('a', 0).uniform());
    expect(one.noise('a', 0).uniform()).toBe(other.noise('a', 0).uniform());
    expect(one.noise('a', 0).simulationOnly).toBe(true);
    const draws = [
      one.random('a', 0),
      one.random('a', 1),
      one.random('b', 0),
      one.noise('a', 0),
      one.noise('a', 1),
      one.noise('b', 0),
      simulatedRandomness(43).random('a', 0),
      simulatedRandomness(43).noise('a', 0),
    ].map((source) => source.uniform());
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('of a real site does not', () => {
    const [one, other] = [secretRandomness(), secretRandomness()];
    expect(one.simulationOnly).toBe(false);
    expect(one.noise('a', 0).simulationOnly).toBe(false);
    expect(one.random('a', 0).uniform()).not.toBe(one.random('a', 0).uniform());
    expect(one.noise('a', 0).uniform()).not.toBe(other.noise('a', 0).uniform());
  });
});
