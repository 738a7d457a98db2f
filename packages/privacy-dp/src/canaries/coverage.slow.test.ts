import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { gaussianEpsilon } from '../accounting/index.js';
import type { CanaryGuesses } from './canary-guesses.js';
import { epsilonLowerBound } from './epsilon-lower-bound.js';
import { epsilonLowerBoundOfScores } from './scores.js';

const of = (canaries: number, guesses: number, correct: number): CanaryGuesses => ({ canaries, guesses, correct });
const coinsOf = (m: number, random: Random): boolean[] => Array.from({ length: m }, () => random.bernoulli(0.5));

/** Runs of an audit of the Gaussian mechanism itself: each canary is a coordinate of its own, seen with noise. */
function audits(mu: number, canaries: number, repeats: number, delta: number) {
  const random = new Random(`coverage ${mu} ${canaries}`);
  let [above, aboveAny, sum] = [0, 0, 0];
  const epsilon = gaussianEpsilon(mu, delta);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const coins = coinsOf(canaries, random);
    const scores = coins.map((coin) => (coin ? mu : 0) + random.normal());
    const bound = epsilonLowerBoundOfScores(scores, coins, { delta, confidence: 0.95, middle: mu / 2 });
    if (bound.gaussian.mu > mu) above++;
    if (bound.epsilon > epsilon) aboveAny++;
    sum += bound.gaussian.mu;
  }
  return { above, aboveAny, mean: sum / repeats };
}

describe('the lower bound on mu of a Gaussian mechanism that is truly mu-private', () => {
  it.each([
    [0.5, 400, 0.3],
    [1, 400, 0.4],
    [2, 400, 0.45],
  ])('mu %s, %s canaries: is above it in at most 5 of 100 runs, and a good part of it', (mu, canaries, part) => {
    const repeats = 200;
    const { above, aboveAny, mean } = audits(mu, canaries, repeats, 1e-5);
    const most = 0.05 * repeats;
    expect(above).toBeLessThanOrEqual(most + 4 * Math.sqrt(most));
    expect(aboveAny).toBeLessThanOrEqual(most);
    expect(mean).toBeGreaterThan(part * mu);
    expect(mean).toBeLessThan(mu);
  });
});

describe('the lower bound on epsilon of randomized response', () => {
  it.each([0.3, 1, 3])('of randomized response is at most its epsilon %s in 95 of 100 runs, and near it', (epsilon) => {
    // Each coin is told rightly with probability e^epsilon / (1 + e^epsilon): the mechanism for which the bound is exact.
    const random = new Random(`response ${epsilon}`);
    const [m, repeats, right] = [2000, 1000, 1 / (1 + Math.exp(-epsilon))];
    const known = new Map<number, number>();
    let [above, sum] = [0, 0];
    for (let repeat = 0; repeat < repeats; repeat++) {
      let correct = 0;
      for (let i = 0; i < m; i++) if (random.uniform() < right) correct++;
      if (!known.has(correct)) known.set(correct, epsilonLowerBound(of(m, m, correct), 0, 0.95));
      const bound = known.get(correct)!;
      if (bound > epsilon) above++;
      sum += bound;
    }
    // 50 are expected at most; four deviations more.
    expect(above).toBeLessThanOrEqual(50 + 4 * Math.sqrt(50));
    expect(above).toBeGreaterThan(15); // no idle bound: it is passed nearly as often as it may be
    expect(sum / repeats).toBeGreaterThan(epsilon - 0.25);
    expect(sum / repeats).toBeLessThan(epsilon);
  });

  it.each([0, 1])(
    'is above an epsilon of %s that holds in at most 5 of 100 runs, though it tries several guesses',
    (epsilon) => {
      const random = new Random(`scores ${epsilon}`);
      const right = 1 / (1 + Math.exp(-epsilon));
      const repeats = 400;
      let above = 0;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const coins = coinsOf(400, random);
        // Randomized response of each coin, with a strength that says nothing more.
        const scores = coins.map((coin) => (random.bernoulli(right) === coin ? 1 : -1) * (1 + random.uniform()));
        if (epsilonLowerBoundOfScores(scores, coins, { delta: 0, confidence: 0.95, middle: 0 }).epsilon > epsilon)
          above++;
      }
      expect(above).toBeLessThanOrEqual(20 + 4 * Math.sqrt(20));
      expect(above).toBeGreaterThan(0);
    },
  );
});
