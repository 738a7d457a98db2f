import { describe, expect, it } from 'vitest';
import { correlation, ksStatistic, moments, normalCdf, rarelyByChance } from '../testing/statistics.js';
import { Random } from './random.js';

const take = (n: number, draw: () => number) => Float64Array.from({ length: n }, draw);

describe('streams', () => {
  const first = (random: Random) => [...take(4, () => random.uniform())];

  it('repeat by seed, and differ between seeds and kinds of seed', () => {
    expect(first(new Random(42))).toEqual(first(new Random(42)));
    expect(first(new Random(42))).not.toEqual(first(new Random(43)));
    expect(first(new Random(42))).not.toEqual(first(new Random('42')));
  });

  it('do not change between versions', () => {
    const random = new Random(42);
    const draws = [random.uniform(), random.normal(), random.integer(0, 1000), random.gamma(2)];
    expect(draws).toEqual([0.9528346311661601, -0.2217723949230707, 305, 1.077303384405243]);
    expect(new Random(42).fork('site', 'hospital-0', 3).uniform()).toBe(0.11694560735687409);
  });

  it('of one path are the same at any time, whoever drew before', () => {
    const root = new Random(1);
    const before = first(root.fork('client', 7));
    first(root);
    root.normal(); // leaves a spare draw behind
    first(root.fork('client', 8));
    expect(first(root.fork('client', 7))).toEqual(before);
  });

  it('are not read by a fork', () => {
    const [one, other] = [new Random(1), new Random(1)];
    one.fork('a').uniform();
    one.fork('b', 2);
    expect(first(one)).toEqual(first(other));
  });

  it('of different paths differ', () => {
    const root = new Random(1);
    const forks = [
      root,
      root.fork(),
      root.fork('a'),
      root.fork('b'),
      root.fork('a', 'b'),
      root.fork('ab'),
      root.fork('a,b'),
      root.fork('a","b'),
      root.fork(1),
      root.fork('1'),
      root.fork(1, 1),
      root.fork(11),
      root.fork('a').fork('b'),
      new Random(2).fork('a'),
    ];
    expect(new Set(forks.map((fork) => first(fork).join())).size).toBe(forks.length);
  });

  it('are made again from their key, forks and all', () => {
    const stream = new Random('key').fork('client', 7);
    const again = new Random(stream.key());
    expect(first(again)).toEqual(first(stream));
    expect(first(again.fork('epoch', 0))).toEqual(first(stream.fork('epoch', 0)));
    expect(again.key()).toEqual(stream.key());
    expect(stream.key()).toHaveLength(8);
  });

  it('have a key by their path alone', () => {
    const root = new Random(1);
    const key = root.fork('a').key();
    root.uniform();
    expect(root.fork('a').key()).toEqual(key);
    const others = [root, root.fork('b'), root.fork('a', 0), new Random(2).fork('a'), new Random('1').fork('a')];
    expect(new Set([key, ...others.map((other) => other.key())].flatMap((words) => [...words])).size).toBe(48);
  });

  it('of neighbouring paths are not correlated', () => {
    const root = new Random(5);
    const [one, other] = [0, 1].map((round) => root.fork('client', round)) as [Random, Random];
    const n = 20_000;
    const r = correlation(
      take(n, () => one.normal()),
      take(n, () => other.normal()),
    );
    expect(Math.abs(r)).toBeLessThan(3 / Math.sqrt(n));
  });
});

describe('uniform', () => {
  it('is uniform on [0, 1) with 53 bits', () => {
    const random = new Random('uniform');
    const sample = take(50_000, () => random.uniform());
    expect(ksStatistic(sample, (x) => Math.min(1, Math.max(0, x)))).toBeLessThan(rarelyByChance);
    expect(sample.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 53))).toBe(true);
    expect(sample.some((x) => !Number.isInteger(x * 2 ** 32))).toBe(true);
  });
});

describe('normal', () => {
  it('is standard normal, each draw by itself', () => {
    const random = new Random('normal');
    const sample = take(50_000, () => random.normal());
    const { mean, variance } = moments(sample);
    expect(Math.abs(mean)).toBeLessThan(3 / Math.sqrt(50_000));
    expect(Math.abs(variance - 1)).toBeLessThan(3 * Math.sqrt(2 / 50_000));
    expect(ksStatistic(sample, normalCdf)).toBeLessThan(rarelyByChance);
    expect(Math.abs(correlation(sample.subarray(1), sample.subarray(0, -1)))).toBeLessThan(3 / Math.sqrt(50_000));
  });

  it('has the tails of a normal: 6334 and 27 in 100,000 beyond 3 and 4 deviations', () => {
    const random = new Random('tails');
    const sample = take(1_000_000, () => Math.abs(random.normal()));
    const beyond = (x: number) => sample.filter((z) => z > x).length;
    expect(Math.abs(beyond(3) - 2700)).toBeLessThan(3 * Math.sqrt(2700));
    expect(Math.abs(beyond(4) - 63.3)).toBeLessThan(3 * Math.sqrt(63.3));
  });
});

describe('gamma', () => {
  it.each([0.1, 0.5, 1, 2.5, 40])('of shape %s has mean and variance of the shape', (shape) => {
    const random = new Random(`gamma ${shape}`);
    const n = 50_000;
    const { mean, variance } = moments(take(n, () => random.gamma(shape)));
    expect(Math.abs(mean - shape)).toBeLessThan(3.5 * Math.sqrt(shape / n));
    // The variance of the sample variance is (mu4 - sigma^4) / n, with mu4 = 3 k^2 + 6 k.
    expect(Math.abs(variance - shape)).toBeLessThan(3.5 * Math.sqrt((2 * shape ** 2 + 6 * shape) / n));
  });

  it('of shape 1 is exponential, of shape 1/2 half a squared normal', () => {
    const random = new Random('gamma');
    const draws = (shape: number) => take(20_000, () => random.gamma(shape));
    expect(ksStatistic(draws(1), (x) => 1 - Math.exp(-x))).toBeLessThan(rarelyByChance);
    expect(ksStatistic(draws(0.5), (x) => 2 * normalCdf(Math.sqrt(2 * x)) - 1)).toBeLessThan(rarelyByChance);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the shape %s', (shape) => {
    expect(() => new Random(1).gamma(shape)).toThrow(expect.objectContaining({ subject: 'shape' }));
  });
});

describe('integer', () => {
  it('takes each value of [minimum, maximum) equally often', () => {
    const random = new Random('integer');
    const counts = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      const value = random.integer(-2, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    // Pearson's chi squared with 5 degrees of freedom: 20.5 for one sample in a thousand.
    expect([...counts.values()].reduce((sum, k) => sum + (k - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5);
  });

  it.each([
    [1, 1],
    [2, 1],
    [0, 1.5],
    [0.5, 3],
    [Number.NaN, 3],
    [0, Number.NaN],
  ])('refuses [%s, %s)', (minimum, maximum) => {
    expect(() => new Random(1).integer(minimum, maximum)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
  });
});

describe('bernoulli', () => {
  it('is true as often as the probability says', () => {
    const random = new Random('bernoulli');
    const share = moments(take(50_000, () => Number(random.bernoulli(0.3)))).mean;
    expect(Math.abs(share - 0.3)).toBeLessThan(3 * Math.sqrt((0.3 * 0.7) / 50_000));
    expect(take(100, () => Number(random.bernoulli(0)))).toEqual(new Float64Array(100));
    expect(take(100, () => Number(random.bernoulli(1)))).toEqual(new Float64Array(100).fill(1));
    expect(() => random.bernoulli(1.1)).toThrow(expect.objectContaining({ subject: 'probability' }));
  });
});

describe('permutation', () => {
  it('has every integer once', () => {
    for (const n of [0, 1, 2, 100]) {
      const order = new Random(3).permutation(n);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  it('takes each of the 24 orders of four equally often', () => {
    const random = new Random('permutation');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.permutation(4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: 49.7 for one sample in a thousand.
    expect([...counts.values()].reduce((sum, k) => sum + (k - 1000) ** 2 / 1000, 0)).toBeLessThan(49.7);
  });
});
