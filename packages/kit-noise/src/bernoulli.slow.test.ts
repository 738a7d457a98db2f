import { describe, expect, it } from 'vitest';
import { Random } from '@fedward/core';
import { bernoulli, bernoulliExp, bernoulliExpBig, uniformBelow, uniformBelowBig } from './bernoulli.js';
import { SecureBits, SeededBits, type BitSource } from './bit-source.js';
import { chiSquareDeviate, neverByChance } from './testing/chi-square.js';

/** Gives these words in turn. */
const scripted = (...words: number[]): BitSource => ({
  simulationOnly: true,
  word: () => {
    if (words.length === 0) throw new Error('no words left');
    return words.shift()!;
  },
});

/** How many deviations the frequency of true is from a probability. */
function deviations(draw: () => boolean, probability: number, count = 400_000): number {
  let trues = 0;
  for (let i = 0; i < count; i++) if (draw()) trues++;
  return Math.abs(trues - count * probability) / Math.sqrt(count * probability * (1 - probability));
}

describe('uniformBelow', () => {
  it.each([1, 2, 3, 7, 10, 1000])('%s: every integer as often as every other', (n) => {
    const source = new SecureBits();
    for (const draw of [() => uniformBelow(n, source), () => Number(uniformBelowBig(BigInt(n), source))]) {
      const sample = Float64Array.from({ length: 100_000 }, draw);
      expect(sample.every((x) => Number.isInteger(x) && x >= 0 && x < n)).toBe(true);
      if (n > 1) expect(chiSquareDeviate(sample, (x) => (x >= 0 && x < n ? 1 / n : 0), n)).toBeLessThan(neverByChance);
    }
  });

  it('draws anew beyond the last whole multiple, so that no integer is favoured', () => {
    // 2^32 = 3 * 1431655765 + 1: the last word has no third of its own.
    expect(uniformBelow(3, scripted(2 ** 32 - 1, 0))).toBe(0);
    expect(uniformBelow(3, scripted(2 ** 32 - 2))).toBe(2);
    expect(uniformBelow(3, scripted(1431655764))).toBe(0);
    expect(uniformBelow(3, scripted(1431655765))).toBe(1);
    expect(uniformBelowBig(3n, scripted(3, 2))).toBe(2n);
    expect(uniformBelowBig(2n ** 40n, scripted(0xffffff_ff, 5))).toBe(0xff_0000_0005n);
  });

  it('uses two words above 2^32', () => {
    expect(uniformBelow(2 ** 53, scripted(0xffffffff, 0xffffffff))).toBe(2 ** 53 - 1);
    expect(uniformBelow(2 ** 40, scripted(0, 0))).toBe(0);
    const source = new SeededBits(new Random(3));
    let sum = 0;
    for (let i = 0; i < 100_000; i++) sum += uniformBelow(3 * 2 ** 33, source) / (3 * 2 ** 33);
    expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(4 / Math.sqrt(12 * 100_000));
  });
});

describe('bernoulli', () => {
  it('is true for exactly its share of all words', () => {
    // Of 3 * 1431655765 words the first 2 * 1431655765 are true for 2/3.
    expect(bernoulli(2, 3, scripted(2 * 1431655765 - 1))).toBe(true);
    expect(bernoulli(2, 3, scripted(2 * 1431655765))).toBe(false);
    expect(bernoulli(2, 3, scripted(2 ** 32 - 1, 0))).toBe(true);
    expect(bernoulli(1, 2 ** 53, scripted(0, 0))).toBe(true);
    expect(bernoulli(1, 2 ** 53, scripted(0, 1))).toBe(false);
    expect(bernoulli(5, 5, scripted(2 ** 32 - 2))).toBe(true);
  });
});

describe('bernoulliExp', () => {
  const points: [number, number][] = [
    [1, 1],
    [1, 3],
    [2, 7],
    [13, 17],
    [5, 2],
    [37, 10],
    [1, 1000],
    [999_999_999_999_989, 2_000_000_000_000_003],
  ];

  it.each(points)('of %s/%s is true with probability e^-gamma', (p, q) => {
    const source = new SecureBits();
    const probability = Math.exp(-p / q);
    expect(deviations(() => bernoulliExp(p, q, source), probability)).toBeLessThan(6);
    expect(deviations(() => bernoulliExpBig(BigInt(p), BigInt(q), source), probability, 50_000)).toBeLessThan(6);
  });

  it('is told from e^(+-x) slightly beside it', () => {
    const source = new SecureBits();
    for (const wrong of [0.6, 0.64])
      expect(deviations(() => bernoulliExp(62, 100, source), Math.exp(-wrong))).toBeGreaterThan(6);
  });

  it('of 0 is true, and of much is false', () => {
    const source = new SecureBits();
    for (let i = 0; i < 1000; i++) {
      expect(bernoulliExp(0, 5, source)).toBe(true);
      expect(bernoulliExpBig(0n, 5n, source)).toBe(true);
      expect(bernoulliExp(200, 1, source)).toBe(false);
      expect(bernoulliExpBig(10n ** 40n, 3n, source)).toBe(false);
    }
  });

  it('is a sum over the first false of A_1, A_2, ..., with A_k of probability gamma / k', () => {
    // gamma = 1/2: A_1 by thresholds of 1/2, A_2 of 1/4.
    const [low, high] = [0, 2 ** 31];
    expect(bernoulliExp(1, 2, scripted(high))).toBe(true); // A_1 false
    expect(bernoulliExp(1, 2, scripted(low, high))).toBe(false); // A_2 false
    expect(bernoulliExp(1, 2, scripted(low, low, high))).toBe(true); // A_3 false
    expect(bernoulliExpBig(1n, 2n, scripted(1))).toBe(true);
  });

  it('takes integers of any size', () => {
    const source = new SecureBits();
    const q = 10n ** 40n;
    expect(deviations(() => bernoulliExpBig(q / 3n, q, source), Math.exp(-1 / 3), 50_000)).toBeLessThan(6);
  });
});
