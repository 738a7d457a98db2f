import { describe, expect, it } from 'vitest';
import { Random } from '@fedward/core';
import { epsilonLowerBound } from './epsilon-lower-bound.js';
import { epsilonLowerBoundOfScores } from './scores.js';

const settings = { delta: 1e-5, confidence: 0.95 };
const coinsOf = (m: number, random: Random): boolean[] => Array.from({ length: m }, () => random.bernoulli(0.5));

describe('epsilonLowerBoundOfScores', () => {
  it('guesses all where all are told, with half of the error for it', () => {
    const coins = coinsOf(1000, new Random(1));
    const scores = coins.map((coin) => (coin ? 1 : -1));
    const bound = epsilonLowerBoundOfScores(scores, coins, { ...settings, middle: 0 });
    expect(bound).toMatchObject({ canaries: 1000, guesses: 1000, correct: 1000, ...settings });
    expect(bound.epsilon).toBe(epsilonLowerBound({ canaries: 1000, guesses: 1000, correct: 1000 }, 1e-5, 0.975));
  });

  it('says nothing of canaries without a clear score', () => {
    const random = new Random(2);
    const coins = coinsOf(1024, random);
    const scores = coins.map((coin, i) => (i < 256 ? (coin ? 5 : -5) : random.normal() * 0.1));
    const bound = epsilonLowerBoundOfScores(scores, coins, { ...settings, middle: 0 });
    expect(bound).toMatchObject({ guesses: 256, correct: 256 });
    expect(bound.epsilon).toBeGreaterThan(3.8);
  });

  it('finds the middle between two groups, also where one is larger', () => {
    for (const out of [350, 500, 650]) {
      const coins = Array.from({ length: 1000 }, (_, i) => i >= out);
      const scores = coins.map((coin, i) => 100 + (coin ? 1 : -1) * (1 + ((i * 7919) % 1000) * 1e-6));
      expect(epsilonLowerBoundOfScores(scores, coins, settings)).toMatchObject({ guesses: 1000, correct: 1000 });
    }
  });

  it('is 0 for scores that say nothing, or the contrary', () => {
    const random = new Random(4);
    const coins = coinsOf(1000, random);
    expect(
      epsilonLowerBoundOfScores(
        coins.map((coin) => (coin ? -1 : 1)),
        coins,
        { ...settings, middle: 0 },
      ).epsilon,
    ).toBe(0);
  });

  it('refuses scores that are not finite, and another number of coins', () => {
    expect(() => epsilonLowerBoundOfScores([NaN, 1], [true, false], settings)).toThrow(
      expect.objectContaining({ subject: 'scores' }),
    );
    expect(() => epsilonLowerBoundOfScores([1], [true, false], settings)).toThrow(
      expect.objectContaining({ subject: 'included' }),
    );
  });
});
