import type { DpEvent } from '@fedward/core';
import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { settledDelta } from '../../testing/adaptive-pair.js';
import { composedEpsilon } from './composed-epsilon.js';
import { pldAccountant } from './pld-accountant.js';
import { lossCache } from './release-losses.js';
import { sampledGaussianEpsilon } from './single-gaussian.js';

const log = (random: Random, low: number, high: number): number => low * (high / low) ** random.uniform();
/** What a sharp epsilon may be above the truth: four times what the grid aims at, and delta's part for errors. */
const allowed = (truth: number): number => 5 * Math.max(1e-4 * truth, Math.min(2e-5, 0.01 * truth));

describe('single releases on a Poisson sample, over a random sweep of settings', () => {
  it('on the grid are never below direct integration, and where they say that they are sharp they are', () => {
    const random = new Random(19);
    let [sharp, loose, largest] = [0, 0, 0];
    for (let n = 0; n < 120; n++) {
      const [z, q, delta] = [log(random, 0.16, 20), log(random, 1e-6, 0.9), log(random, 1e-15, 1e-2)];
      for (const direction of ['remove', 'add'] as const) {
        const truth = sampledGaussianEpsilon(1 / z, q, direction, delta);
        const pair = {
          pair: { noise: 'gaussian', mu: 1 / z },
          sampling: { kind: 'poisson', rate: q },
          count: 1,
        } as const;
        const { epsilon, isSharp } = composedEpsilon([pair], direction, delta, lossCache());
        const where = `z ${z}, q ${q}, delta ${delta}, ${direction}`;
        expect(epsilon, where).toBeGreaterThanOrEqual(truth * (1 - 1e-12));
        if (truth > 0) largest = Math.max(largest, epsilon / truth - 1);
        if (epsilon > truth + allowed(truth)) loose++;
        if (!isSharp) continue;
        sharp++;
        expect(epsilon - truth, where).toBeLessThanOrEqual(allowed(truth));
      }
    }
    expect(sharp).toBeGreaterThan(180); // of 240
    expect(loose).toBeLessThanOrEqual(2);
    expect(largest).toBeLessThan(0.06);
  });

  it('by the accountant are exact', () => {
    for (const [z, q, delta, truth] of [
      // By SciPy, from the closed form.
      [0.533, 1.085e-6, 8.35e-15, 0.15020735561297124],
      [0.169, 0.0019, 0.00177, 1.543640686786695],
    ] as const) {
      const event: DpEvent = {
        ...{ type: 'poisson-sampled', samplingProbability: q, event: { type: 'gaussian', noiseMultiplier: z } },
      };
      const epsilon = pldAccountant()('add-or-remove-one').preview(event, delta);
      expect(Math.abs(epsilon / truth - 1)).toBeLessThan(1e-6); // as precise as SciPy's tails
    }
  });
});

describe('a Gaussian release and one on a Poisson sample, over a random sweep of settings', () => {
  it('are never below direct integration, and mostly close to it', () => {
    const random = new Random(20);
    let [close, all] = [0, 0];
    for (let n = 0; n < 60; n++) {
      const [first, z, q] = [log(random, 1, 10), log(random, 0.3, 10), log(random, 1e-4, 0.5)];
      const delta = log(random, 1e-9, 1e-3);
      const second = { noiseMultiplier: z, samplingProbability: q };
      const release = { type: 'gaussian', noiseMultiplier: z } as const;
      const epsilon = pldAccountant()('add-or-remove-one').preview(
        {
          type: 'composed',
          events: [
            { type: 'gaussian', noiseMultiplier: first },
            { type: 'poisson-sampled', samplingProbability: q, event: release },
          ],
        },
        delta,
      );
      // Of removal alone, by Simpson's rule.
      expect(settledDelta(first, second, epsilon, 40_000)).toBeLessThanOrEqual(delta * (1 + 1e-6));
      all++;
      if (settledDelta(first, second, epsilon - allowed(epsilon), 40_000) > delta) close++;
    }
    expect(close).toBeGreaterThan(0.9 * all);
  });
});
