import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../testing/reference.js';
import { discreteGaussianRdp } from './discrete-gaussian-rdp.js';
import { fixedSizeSampledRdp } from './fixed-size-sampled-rdp.js';
import { laplaceRdp } from './laplace-rdp.js';
import { poissonSampledRdp } from './poisson-sampled-rdp.js';
import { gaussianRdp, sampledGaussianRdp } from './sampled-gaussian-rdp.js';
import { fromWholeOrders } from './whole-orders.js';

/** The release's own margin, the sample's, and rounding. */
const margins = 4e-12;

/** Divergences of unsampled releases. */
const laplace = (z: number) => (order: number) => laplaceRdp(order, z);
const gaussian = (z: number) => (order: number) => gaussianRdp(order, z);

const order = fc.constantFrom(1.01, 1.5, 2, 2.6, 5, 10.9, 33, 128, Infinity);
const noise = fc.double({ min: -1, max: 3, noNaN: true }).map((exponent) => 10 ** exponent);
const release = fc.oneof(noise.map(laplace), noise.map(gaussian));

describe('poissonSampledRdp', () => {
  // The larger direction, by mpmath 1.3.0 at 50 digits: quadrature of the densities of the sampled Laplace.
  it.each([
    [2, 0.01, 1, 8.572629006841637e-5],
    [3, 0.1, 0.5, 0.06460441466962051],
    [7, 0.3, 2, 0.06671282184104194],
    [32, 0.05, 0.7, 0.08772289813878245],
    [64, 0.001, 5, 1.207630380880381e-6],
    [256, 0.5, 10, 0.04835474625609091],
  ])('of Laplace at order %d, q = %d, z = %d is %d, exactly', (a, q, z, divergence) => {
    const found = poissonSampledRdp(a, q, laplace(z));
    expect(found).toBeGreaterThanOrEqual(divergence);
    expect(relativeError(found, divergence)).toBeLessThan(margins);
  });

  // By mpmath again: the sum over the integers.
  it.each([
    [2, 0.1, 1.5, 1, 0.005580634229679809],
    [5, 0.3, 0.6, 1, 5.43952207518387],
    [8, 0.02, 3, 2, 0.0009734744399261292],
  ])('of the discrete Gaussian at order %d, q = %d, sigma = %d, sensitivity %d is %d', (a, q, sigma, s, divergence) => {
    const found = poissonSampledRdp(a, q, (k) => discreteGaussianRdp(k, sigma, s));
    expect(found).toBeGreaterThanOrEqual(divergence);
    expect(relativeError(found, divergence)).toBeLessThan(margins);
  });

  it('between whole orders is above the truth, and below the next whole order', () => {
    for (const [a, q, z, truth] of [
      [1.5, 0.1, 1, 0.006317478511826856],
      [2.5, 0.2, 0.8, 0.06769127995648623],
      [10.9, 0.02, 1.3, 0.0011477229852380588],
    ] as const) {
      const found = poissonSampledRdp(a, q, laplace(z));
      expect(found).toBeGreaterThan(truth);
      expect(found).toBeLessThanOrEqual(poissonSampledRdp(Math.ceil(a), q, laplace(z)) * (1 + 1e-11));
    }
    for (const [a, q, sigma, truth] of [
      [1.5, 0.3, 0.4, 1.5156826036511037],
      [3.7, 0.5, 0.5, 6.443220362518667],
    ] as const)
      expect(poissonSampledRdp(a, q, (k) => discreteGaussianRdp(k, sigma, 1))).toBeGreaterThan(truth);
  });

  it('of the Gaussian is the exact divergence at whole orders and a bound in between', () => {
    for (const [q, z] of [
      [0.01, 1],
      [0.3, 5],
      [0.001, 0.6],
    ] as const) {
      for (const a of [2, 7, 64])
        expect(relativeError(poissonSampledRdp(a, q, gaussian(z)), sampledGaussianRdp(a, q, z))).toBeLessThan(1e-11);
      for (const a of [1.1, 1.9, 4.5])
        expect(poissonSampledRdp(a, q, gaussian(z))).toBeGreaterThan(sampledGaussianRdp(a, q, z));
    }
  });

  it('leaves out the direction that is never the larger: the swap inequality of its docstring', () => {
    const logRatio = fc.double({ min: 1e-3, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 30, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        logRatio,
        (n, q, l) => {
          const r = Math.exp(l);
          const [u, v] = [1 - q + q * r, 1 - q + q / r];
          const [larger, smaller] = [u ** n + r * v ** n, u ** (1 - n) + r * v ** (1 - n)];
          expect(larger).toBeGreaterThanOrEqual(smaller * (1 - 1e-11));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('fixedSizeSampledRdp', () => {
  // The formula of theorem 9 in mpmath 1.3.0 at 50 digits.
  it.each([
    [2, 10, 100, 1, 0.0529392937277976],
    [3, 32, 350, 4, 0.004139427372951104],
    [16, 1, 1000, 2, 9.24733598708112e-6],
    [64, 5, 303, 6, 0.007561505664306356],
    [256, 1, 1000, 20, 2.4508294029030707e-5],
  ])('of the Gaussian at order %d, %d of %d, z = %d is %d', (a, size, population, z, divergence) => {
    const found = fixedSizeSampledRdp(a, size, population, gaussian(z));
    expect(relativeError(found, divergence)).toBeLessThan(margins);
    expect(found).toBeGreaterThanOrEqual(divergence);
  });

  it.each([
    [2, 10, 100, 1, 0.033717121009163215],
    [3, 32, 350, 4, 0.0010795215562421283],
    [16, 100, 1000, 2, 0.04587089488724592],
    [64, 5, 303, 6, 0.00031123219446943675],
  ])('of Laplace, whose epsilon is pure, at order %d, %d of %d, z = %d is %d', (a, size, population, z, divergence) => {
    const found = fixedSizeSampledRdp(a, size, population, laplace(z));
    expect(relativeError(found, divergence)).toBeLessThan(margins);
    expect(found).toBeGreaterThanOrEqual(divergence);
  });

  it('is never below a pair of neighbours that exists', () => {
    // One record of norm 1/2 turned round, all others 0: N(-m, z^2) and N(m, z^2), m = 1/2, each drawn with ratio g.
    const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    for (const [size, population, z] of [
      [10, 100, 1],
      [50, 100, 0.7],
      [32, 350, 4],
      [9, 10, 2],
    ] as const)
      for (const a of [1.3, 2, 3.5, 8]) {
        const [g, shift] = [size / population, 1 / (2 * z)];
        const logMixture = (x: number, mean: number) => Math.log((1 - g) * density(x) + g * density(x - mean));
        let moment = 0;
        for (let x = -36; x <= 36; x += 0.01)
          moment += 0.01 * Math.exp(a * logMixture(x, shift) + (1 - a) * logMixture(x, -shift));
        const found = fixedSizeSampledRdp(a, size, population, gaussian(z));
        expect(found).toBeGreaterThanOrEqual((Math.log(moment) / (a - 1)) * (1 - 1e-9));
      }
  });
});

describe('sampling, by either scheme', () => {
  it('never costs, grows with the sample, is the release itself where everybody is drawn, nothing where nobody is', () => {
    fc.assert(
      fc.property(order, release, fc.integer({ min: 1, max: 998 }), (a, divergence, size) => {
        const unsampled = divergence(a);
        for (const sampled of [
          (drawn: number) => poissonSampledRdp(a, drawn / 1000, divergence),
          (drawn: number) => fixedSizeSampledRdp(a, drawn, 1000, divergence),
        ]) {
          expect(sampled(0)).toBe(0);
          expect(sampled(1000)).toBe(unsampled);
          expect(sampled(size)).toBeLessThanOrEqual(unsampled);
          expect(sampled(size)).toBeLessThanOrEqual(sampled(size + 1) * (1 + 1e-11));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('amplifies pure privacy to ln(1 + q (e^epsilon - 1))', () => {
    const expected = Math.log(1 + 0.1 * Math.expm1(1 / 3));
    expect(poissonSampledRdp(Infinity, 0.1, laplace(3))).toBeCloseTo(expected, 10);
    expect(fixedSizeSampledRdp(Infinity, 10, 100, laplace(3))).toBeCloseTo(expected, 10);
    expect(poissonSampledRdp(Infinity, 0.1, gaussian(3))).toBe(Infinity);
    expect(fixedSizeSampledRdp(Infinity, 10, 100, gaussian(3))).toBe(Infinity);
  });

  it('has no finite price without noise', () => {
    for (const a of [1.1, 2, 64, Infinity]) {
      expect(poissonSampledRdp(a, 0.1, laplace(0))).toBe(Infinity);
      expect(fixedSizeSampledRdp(a, 1, 10, gaussian(0))).toBe(Infinity);
    }
  });
});

describe('fromWholeOrders', () => {
  it('lies on the straight line of the moments', () => {
    const known = (n: number) => n * n; // (n - 1) n^2 at 2, 3: 4, 18
    expect(fromWholeOrders(3, known)).toBe(9);
    expect(fromWholeOrders(2.5, known)).toBeCloseTo(11 / 1.5, 12);
    expect(fromWholeOrders(1.25, known)).toBeCloseTo(4, 12);
    expect(fromWholeOrders(Infinity, () => 7)).toBe(7);
  });

  it('is above the exact divergence of any release', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.001, max: 40, noNaN: true }), release, (a, divergence) => {
        expect(fromWholeOrders(a, divergence)).toBeGreaterThanOrEqual(divergence(a) * (1 - 1e-11));
      }),
    );
  });
});
