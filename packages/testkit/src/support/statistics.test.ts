import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { assertGaussian } from './statistics.js';

const n = 20_000;
const random = new Random('statistics');
const normal = Float64Array.from({ length: n }, () => 2.5 * random.normal());

describe('assertGaussian', () => {
  const check = (draws: ArrayLike<number>) => () => assertGaussian(draws, 2.5, 'draws');

  it('accepts normal draws of the deviation', () => {
    expect(check(normal)).not.toThrow();
  });

  it.each([
    ['a deviation that is 5% off', normal.map((x) => 1.05 * x), /standard deviation/],
    ['a mean that is not zero', normal.map((x) => x + 0.2), /mean 0/],
    ['uniform draws', normal.map(() => 2.5 * Math.sqrt(12) * (random.uniform() - 0.5)), /not Gaussian/],
    ['each draw twice', normal.map((_, i) => normal[i >> 1]!), /correlated/],
    ['NaN', normal.with(3, Number.NaN), /standard deviation/],
    ['no noise', new Float64Array(n), /standard deviation/],
  ] as const)('refuses %s', (_, draws, why) => {
    expect(check(draws)).toThrow(why);
  });
});
