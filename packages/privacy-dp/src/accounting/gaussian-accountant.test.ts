import type { DpEvent } from '@fedward/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFolder, readReference, relativeError } from '../testing/reference.js';
import { gaussianAccountant } from './gaussian-accountant.js';
import { analyticGaussianNoiseMultiplier, gaussianEpsilon, gaussianLogDelta } from './gaussian-profile.js';

const gaussian = (noiseMultiplier: number): DpEvent => ({ type: 'gaussian', noiseMultiplier });

describe('gaussianEpsilon', () => {
  // mu, delta and epsilon by bisection of the exact condition with mpmath 1.3.0 at 400 digits.
  it.each([
    [2.3367824223263142e-7, 5.136862754517799e-9, 3.793846929952617e-7],
    [4.122986513351461e-6, 2.0100891687555722e-291, 0.0001485266171876366],
    [0.04152674580112819, 0.014182939642543154, 0.005085521839854048],
    [0.046646352142268865, 1.2837466399832254e-12, 0.29350203764153227],
    [0.11400862409048025, 7.877276751173354e-14, 0.7825901855228012],
    [1.255344590426663, 1.882795109003594e-6, 6.175190328420352],
    [18.91501964835462, 0.7462151095869645, 165.3384689338219],
    [35.188432728821745, 1.719168227278664e-271, 1856.5110285609924],
    [886.6210257000557, 3.8301769803647526e-8, 397812.9691359193],
  ])('of mu = %d at delta = %d is %d', (mu, delta, epsilon) => {
    expect(relativeError(gaussianEpsilon(mu, delta), epsilon)).toBeLessThan(1e-13);
  });

  it('is 0 where delta alone is enough', () => {
    expect(gaussianEpsilon(0, 1e-5)).toBe(0);
    expect(gaussianEpsilon(2.5e-5, 1e-5)).toBe(0); // delta(0) is erf(mu / sqrt 8), about mu / 2.5066
    expect(gaussianEpsilon(2.51e-5, 1e-5)).toBeGreaterThan(0);
    expect(gaussianEpsilon(1e-12, 1e-5)).toBe(0);
  });

  it('is infinite without noise', () => {
    expect(gaussianEpsilon(Infinity, 1e-5)).toBe(Infinity);
  });

  it('has no seam where the series takes over', () => {
    for (const epsilon of [0, 1e-3, 0.1, 0.7])
      expect(Math.abs(gaussianLogDelta(0.1 * (1 - 1e-14), epsilon) - gaussianLogDelta(0.1, epsilon))).toBeLessThan(
        1e-11,
      );
  });

  it('is found however far out the tail is', () => {
    expect(gaussianLogDelta(1e-10, 1)).toBeLessThan(-1e15);
    expect(gaussianLogDelta(1e-200, 1e200)).toBe(-Infinity);
    expect(gaussianLogDelta(0.5, 21)).toBeLessThan(gaussianLogDelta(0.5, 20));
    expect(gaussianEpsilon(1e-7, 1e-300)).toBeLessThan(1e-5);
    expect(gaussianLogDelta(100, 1)).toBeCloseTo(0, 14); // nearly no noise: delta is 1
    expect(gaussianLogDelta(Infinity, 1)).toBe(0);
  });

  it('goes down as epsilon goes up, everywhere', () => {
    const exponent = fc.double({ min: -12, max: 4, noNaN: true });
    fc.assert(
      fc.property(exponent, exponent, (a, b) => {
        const [mu, epsilon] = [10 ** a, 10 ** b];
        expect(gaussianLogDelta(mu, epsilon * 1.5)).toBeLessThanOrEqual(gaussianLogDelta(mu, epsilon) + 1e-13);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what is out of range, by name', () => {
    expect(() => gaussianEpsilon(NaN, 1e-5)).toThrow(expect.objectContaining({ subject: 'mu' }));
    expect(() => gaussianEpsilon(1, 0)).toThrow(expect.objectContaining({ subject: 'delta' }));
    expect(() => analyticGaussianNoiseMultiplier(-1, 1e-5)).toThrow(expect.objectContaining({ subject: 'epsilon' }));
    expect(() => analyticGaussianNoiseMultiplier(1, 1)).toThrow(expect.objectContaining({ subject: 'delta' }));
  });
});

describe('gaussianAccountant', () => {
  it('adds up the squares of mu', () => {
    const accountant = gaussianAccountant()('replace-one');
    accountant.compose({ type: 'repeated', event: gaussian(4), count: 3 });
    accountant.compose({ type: 'composed', events: [gaussian(2), gaussian(8)] });
    expect(accountant.epsilon(1e-5)).toBe(gaussianEpsilon(Math.sqrt(3 / 16 + 1 / 4 + 1 / 64), 1e-5));
  });

  it('has no finite price for what is not private', () => {
    for (const event of [gaussian(0), { type: 'non-private', reason: 'a test' } as const])
      expect(gaussianAccountant()('replace-one').preview(event, 1e-5)).toBe(Infinity);
  });

  it('refuses sampled events, and says that it knows no sampling', () => {
    const event: DpEvent = { type: 'poisson-sampled', samplingProbability: 0.5, event: gaussian(1) };
    const whole: DpEvent = { type: 'composed', events: [gaussian(1), { type: 'repeated', event, count: 3 }] };
    expect(gaussianAccountant()('add-or-remove-one').unpriced(whole)).toEqual({
      part: event,
      reason: expect.stringContaining('no amplification'),
    });
    expect(gaussianAccountant()('add-or-remove-one').unpriced(gaussian(1))).toBeUndefined();
    expect(() => gaussianAccountant()('add-or-remove-one').compose(event)).toThrow(/poisson-sampled.*no amplification/);
  });
});

interface Calibration {
  epsilon: number;
  delta: number;
  sigma_analytic: number;
  sigma_classical: number;
  epsilon_real_of_classical_sigma: number;
}

describe.skipIf(!dataFolder)('the exact Gaussian against published values (needs FEDWARD_DATA)', () => {
  it('gives the noise, the epsilon and the delta of gaussian_calibration.json', () => {
    const { rows, extreme_rows, exact_delta } = readReference<{
      rows: Calibration[];
      extreme_rows: Calibration[];
      exact_delta: { sigma: number; epsilon: number; delta: number }[];
    }>('gaussian_calibration.json');
    expect(rows.length + extreme_rows.length + exact_delta.length).toBe(18 + 8 + 35);
    for (const row of [...rows, ...extreme_rows]) {
      const z = analyticGaussianNoiseMultiplier(row.epsilon, row.delta);
      expect(relativeError(z, row.sigma_analytic), JSON.stringify(row)).toBeLessThan(1e-12);
      const real = gaussianEpsilon(1 / row.sigma_classical, row.delta);
      expect(relativeError(real, row.epsilon_real_of_classical_sigma)).toBeLessThan(1e-9);
    }
    for (const { sigma, epsilon, delta } of exact_delta)
      expect(relativeError(Math.exp(gaussianLogDelta(1 / sigma, epsilon)), delta), `${sigma} ${epsilon}`).toBeLessThan(
        1e-11, // Math.exp magnifies the rounding of a logarithm of -500 to 1e-13
      );
  });

  it('gives the exact budgets of the tutorial', () => {
    const tutorial = readReference<Record<string, Record<string, unknown>>>('seed_tutorial_budget.json');
    type Row = { noise_multiplier: number; steps: number; epsilon_exact?: number };
    const rows = [
      ...Object.values(tutorial['results_at_delta_1e-5']!),
      ...Object.values(tutorial['same_noise_if_clipping_were_per_example']!),
    ] as Row[];
    const exact = rows.filter((row) => row.epsilon_exact !== undefined);
    expect(exact).toHaveLength(6);
    for (const { noise_multiplier, steps, epsilon_exact } of exact) {
      const event: DpEvent = { type: 'repeated', event: gaussian(noise_multiplier), count: steps };
      const epsilon = gaussianAccountant()('replace-one').preview(event, 1e-5);
      expect(relativeError(epsilon, epsilon_exact!)).toBeLessThan(1e-12);
    }
  });

  it('gives epsilon_exact of pld_epsilon.json', () => {
    const { rows } = readReference<{
      rows: { noise_multiplier: number; steps: number; delta: number; epsilon_exact?: number }[];
    }>('pld_epsilon.json');
    const exact = rows.filter((row) => row.epsilon_exact !== undefined);
    expect(exact.length).toBeGreaterThan(30);
    for (const { noise_multiplier, steps, delta, epsilon_exact } of exact) {
      const event: DpEvent = { type: 'repeated', event: gaussian(noise_multiplier), count: steps };
      expect(
        relativeError(gaussianAccountant()('add-or-remove-one').preview(event, delta), epsilon_exact!),
      ).toBeLessThan(1e-9);
    }
  });
});
