import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { createMedicalDataset } from '../dataset.js';
import { seededKey } from '../partition/train-test.js';
import { tutorialHospitals } from '../simulated/tutorial.js';
import { crossValidated } from './cross-validated.js';
import { estimateLabelNoise } from './estimate.js';
import { fitAndPredict } from './testing/logistic.js';

describe('label noise of 30 % at two of five hospitals of the tutorial', () => {
  const noisy = [1, 3];
  const made = (seed: number) => {
    const clean = tutorialHospitals({ seed }).hospitals.map(({ train }) => train);
    const given = clean.map((train, i) => {
      const random = new Random(seed).fork('flip', i);
      const labels = train.labels.map((y) => (noisy.includes(i) && random.bernoulli(0.3) ? 1 - y : y));
      return createMedicalDataset({ ...train, classes: train.classes!, labels });
    });
    const wrong = (i: number, row: number): boolean => given[i]!.labels[row] !== clean[i]!.labels[row];
    const rates = given.map(({ count, labels }, i) => labels.filter((_, row) => wrong(i, row)).length / count);
    return { given, wrong, rates };
  };

  it.each([42, 7, 1])('by each hospital alone (seed %s): those that are noisy, and no other', async (seed) => {
    const { given, rates } = made(seed);
    for (const [i, data] of given.entries()) {
      const rated = await crossValidated(
        data,
        5,
        (train, held) => fitAndPredict(train, held),
        seededKey(new Random(seed)),
      );
      const { noiseRate } = estimateLabelNoise(data.labels, rated, 2);
      // 300 records of 100 features, a third of them wrong, make a weak model, which doubts more than is wrong.
      if (noisy.includes(i)) {
        expect(noiseRate).toBeGreaterThan(rates[i]! - 0.05);
        expect(noiseRate).toBeLessThan(rates[i]! + 0.2);
      } else expect(noiseRate).toBeLessThan(0.05);
    }
  });

  it.each([42, 7, 1])('by what the others trained (seed %s): within 0.06 of the rate, and most rows', (seed) => {
    const { given, wrong, rates } = made(seed);
    given.forEach((data, i) => {
      const [first, ...others] = given.filter((_, j) => j !== i);
      const noise = estimateLabelNoise(data.labels, fitAndPredict(first!.concat(...others), data), 2);
      expect(Math.abs(noise.noiseRate - rates[i]!)).toBeLessThan(0.06);
      if (!noisy.includes(i)) return;
      const right = noise.suspicious.filter(({ row }) => wrong(i, row)).length;
      expect(right / noise.suspicious.length).toBeGreaterThan(0.8);
      expect(right / (rates[i]! * data.count)).toBeGreaterThan(0.7);
      // The most doubtful are nearly all wrong.
      const top = noise.suspicious.slice(0, 20).filter(({ row }) => wrong(i, row)).length;
      expect(top).toBeGreaterThanOrEqual(18);
    });
  });
});
