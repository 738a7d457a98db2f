import { describe, expect, it } from 'vitest';
import type { CanaryGuesses } from './canary-guesses.js';
import { canaryPValue, epsilonLowerBound } from './epsilon-lower-bound.js';

const of = (canaries: number, guesses: number, correct: number): CanaryGuesses => ({ canaries, guesses, correct });

describe('canaryPValue', () => {
  it('is a count of cases for a few guesses', () => {
    // epsilon = ln 3: each guess is right with probability 3/4.
    const ln3 = Math.log(3);
    expect(canaryPValue(of(3, 3, 3), ln3, 0)).toBeCloseTo(27 / 64, 14);
    expect(canaryPValue(of(3, 3, 2), ln3, 0)).toBeCloseTo(54 / 64, 14);
    expect(canaryPValue(of(9, 2, 0), ln3, 0)).toBeCloseTo(1, 14);
    // delta: P[3 > W >= 2] = 27/64, P[3 > W >= 1] / 2 = 18/64, P[3 > W >= 0] / 3 = 37/192: the first is the largest.
    expect(canaryPValue(of(5, 3, 3), ln3, 0.01)).toBeCloseTo(27 / 64 + 2 * 5 * 0.01 * (27 / 64), 14);
    // v = 2: P[2 > W >= 1] = 9/64, P[2 > W >= 0] / 2 = 5/64.
    expect(canaryPValue(of(4, 3, 2), ln3, 0.01)).toBeCloseTo(54 / 64 + 2 * 4 * 0.01 * (9 / 64), 14);
  });

  it.each([
    // By the program of the paper's appendix D, with SciPy 1.10.
    [of(1000, 1000, 600), 0.2, 1e-5, 0.0010232412152254599],
    [of(100, 100, 75), 0.5, 1e-5, 0.004902564167098842],
    [of(1000, 500, 450), 1.5, 1e-4, 0.003475423329446624],
    [of(20, 10, 9), 1, 0, 0.20401201235612004],
    [of(5000, 1000, 900), 2, 1e-6, 0.03195209905072188],
  ])("is the paper's for %j at epsilon %s, delta %s", (guessed, epsilon, delta, expected) => {
    expect(Math.abs(canaryPValue(guessed, epsilon, delta) / expected - 1)).toBeLessThan(1e-9);
  });

  it('stays a probability where epsilon or the number of guesses is large', () => {
    expect(canaryPValue(of(100_000, 100_000, 100_000), 1, 0)).toBe(0);
    // delta alone explains as much: 2 m delta P[W < v] / v.
    expect(canaryPValue(of(100_000, 100_000, 100_000), 1, 1e-5)).toBeLessThan(1e-4);
    expect(canaryPValue(of(100, 100, 99), 50, 0.5)).toBe(1);
    expect(canaryPValue(of(0, 0, 0), 1, 1e-5)).toBe(1);
  });

  it.each([
    [of(10, 11, 5), 1, 0, 'guesses'],
    [of(10, 5, 6), 1, 0, 'correct'],
    [of(10, 5, 5), -1, 0, 'epsilon'],
    [of(10, 5, 5), 1, 1, 'delta'],
    [of(1.5, 1, 1), 1, 0, 'canaries'],
  ])('refuses %j, %s, %s', (guessed, epsilon, delta, subject) => {
    expect(() => canaryPValue(guessed, epsilon, delta)).toThrow(expect.objectContaining({ subject }));
  });
});

describe('epsilonLowerBound', () => {
  it.each([
    [of(1000, 1000, 1000), 1e-5, 5.78228313539401],
    [of(100, 100, 100), 0, 3.4929654311522924],
    [of(1000, 100, 95), 1e-5, 2.16517579971405],
    [of(1000, 1000, 600), 1e-5, 0.2972269537187744],
    [of(1000, 1000, 500), 1e-5, 0],
  ])("is the paper's for %j at delta %s, confidence 95 %%", (guessed, delta, expected) => {
    const bound = epsilonLowerBound(guessed, delta, 0.95);
    expect(Math.abs(bound - expected)).toBeLessThan(1e-8);
    if (bound > 0) {
      expect(canaryPValue(guessed, bound, delta)).toBeLessThan(0.05);
      expect(canaryPValue(guessed, bound + 1e-6, delta)).toBeGreaterThanOrEqual(0.05);
    }
  });

  it('of guesses that are all right solves q^r = 1 - confidence', () => {
    for (const [r, confidence] of [
      [50, 0.95],
      [2000, 0.99],
    ] as const) {
      const q = (1 - confidence) ** (1 / r);
      expect(epsilonLowerBound(of(r, r, r), 0, confidence)).toBeCloseTo(Math.log(q / (1 - q)), 6);
    }
  });

  it('falls with delta and with confidence, and grows with right guesses', () => {
    const bound = (correct: number, delta = 1e-5, confidence = 0.95) =>
      epsilonLowerBound(of(1000, 300, correct), delta, confidence);
    expect(bound(250)).toBeGreaterThan(bound(240));
    expect(bound(250, 1e-3)).toBeLessThan(bound(250));
    expect(bound(250, 1e-5, 0.99)).toBeLessThan(bound(250));
  });

  it.each([0, 1, NaN])('refuses the confidence %s', (confidence) => {
    expect(() => epsilonLowerBound(of(10, 5, 5), 0, confidence)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'confidence' }),
    );
  });
});
