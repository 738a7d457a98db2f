import type { DpEvent } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianEpsilon } from './gaussian-profile.js';
import { pldAccountant } from './pld/pld-accountant.js';
import { rdpAccountant } from './rdp-accountant.js';
import { renyiFilter } from './renyi-filter.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });
const sampled = (samplingProbability: number, noiseMultiplier: number, count: number): DpEvent => ({
  type: 'repeated',
  event: { type: 'poisson-sampled', samplingProbability, event: gaussian(noiseMultiplier) },
  count,
});
/** The mu of the Gaussian that costs an epsilon exactly. */
function muFor(epsilon: number, delta: number): number {
  let [low, high] = [1e-9, 1e6];
  while (high > low * (1 + 1e-12)) {
    const middle = Math.sqrt(low * high);
    if (gaussianEpsilon(middle, delta) > epsilon) high = middle;
    else low = middle;
  }
  return low;
}

describe('renyiFilter', () => {
  it.each([
    // How much more than the exact price, at the budget: what the proof costs there.
    [0.1, 1e-5, 1.17],
    [1, 1e-5, 1.14],
    [2, 1e-5, 1.13],
    [10, 1e-5, 1.12],
    [1, 1e-3, 1.23],
    [2, 1e-6, 1.11],
  ])('prices Gaussians that fill a budget of %s at delta %s below %s times it', (budget, delta, most) => {
    const price = renyiFilter(budget, delta)('replace-one').preview(gaussian(1 / muFor(budget, delta)), delta);
    expect(price).toBeGreaterThan(budget);
    expect(price).toBeLessThan(most * budget);
  });

  it.each([
    [32 / 350, 5, 990, 1.04],
    [0.2, 4, 60, 1.05],
    [0.01, 1, 300, 1.2],
    [0.01, 0.7, 100, 1.2],
    [0.002, 0.437, 1, 1.2],
  ])('of DP-SGD with q %s, z %s and %s steps that fill a budget by RDP is within %s times it', (q, z, steps, most) => {
    const event = sampled(q, z, steps);
    const rdp = rdpAccountant()('add-or-remove-one').preview(event, 1e-5);
    const price = renyiFilter(rdp, 1e-5)('add-or-remove-one').preview(event, 1e-5);
    expect(price).toBeGreaterThan(rdp);
    expect(price).toBeLessThan(rdp * most);
  });

  it('is never below the tight price of the same releases, settled before', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.constantFrom(1e-3, 1e-5, 1e-8),
        fc.double({ min: 0.6, max: 20, noNaN: true }),
        fc.constantFrom(1, 0.2, 0.01),
        fc.integer({ min: 1, max: 200 }),
        (budget, delta, z, q, count) => {
          const event: DpEvent = q === 1 ? { type: 'repeated', event: gaussian(z), count } : sampled(q, z, count);
          const price = renyiFilter(budget, delta)('add-or-remove-one').preview(event, delta);
          expect(price).toBeGreaterThanOrEqual(pldAccountant()('add-or-remove-one').preview(event, delta));
        },
      ),
      { numRuns: 40, seed: 37 },
    );
  });

  it('bounds the hockey-stick by the weights: the inequality that its proof needs holds, and no less would', () => {
    // One Gaussian release, its price by the formula on a fine grid of losses.
    const [budget, delta, z] = [2, 1e-5, 2.1];
    const epsilon = renyiFilter(budget, delta)('replace-one').preview(gaussian(z), delta);
    const others = Array.from({ length: 12 }, (_, k) => 1 + 2 ** (k - 1));
    // The order at which Gaussians fill 2 at 1e-5 best, found anew among those tried.
    const room = (a: number) => (budget - Math.log1p(-1 / a) + Math.log(delta * a) / (a - 1)) / a;
    const tried = Array.from({ length: 69 }, (_, i) => 1 + 2 ** ((i - 28) / 4));
    const main = tried.reduce((best, a) => (room(a) > room(best) ? a : best));
    const near = [1, 0.7, 0.5, 0.3].map((factor, i) => [[0.4, 0.2, 0.15, 0.15][i]!, 1 + (main - 1) * factor] as const);
    const mixture = [...near, ...others.map((a) => [0.1 / 12, a] as const)];
    const least = (l: number) =>
      l + Math.log1p(-delta * mixture.reduce((sum, [w, a]) => sum + w * Math.exp((a - 1) * (l - a / (2 * z * z))), 0));
    let largest = 0;
    for (let l = 0; l < 6; l += 1e-4) largest = Math.max(largest, least(l) || 0);
    expect(epsilon).toBeGreaterThanOrEqual(largest);
    expect(epsilon).toBeLessThan(largest + 1e-6);
  });

  it('adds up, and is 0 before anything was released', () => {
    const one = renyiFilter(1, 1e-5)('add-or-remove-one');
    expect(one.epsilon(1e-5)).toBe(0);
    one.compose(sampled(0.1, 2, 0));
    expect(one.epsilon(1e-5)).toBe(0);
    one.compose(gaussian(10));
    one.compose(gaussian(10));
    const both = renyiFilter(1, 1e-5)('add-or-remove-one');
    expect(one.epsilon(1e-5)).toBeCloseTo(both.preview(gaussian(10 / Math.SQRT2), 1e-5), 12);
  });

  it('gives Infinity for what nothing bounds, and goes on where an order alone overflows', () => {
    const filter = renyiFilter(1, 1e-5)('add-or-remove-one');
    expect(filter.preview({ type: 'non-private', reason: 'plain' }, 1e-5)).toBe(Infinity);
    expect(filter.preview(gaussian(0), 1e-5)).toBe(Infinity);
    const steep = filter.preview(gaussian(1e-153), 1e-5);
    expect(steep).toBeGreaterThan(1e305);
  });

  it.each([
    [0, 1e-5, 'budget'],
    [NaN, 1e-5, 'budget'],
    [1, 0, 'delta'],
    [1, 1, 'delta'],
  ])('refuses a budget of %s at delta %s', (budget, delta, subject) => {
    expect(() => renyiFilter(budget, delta)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }));
  });
});
