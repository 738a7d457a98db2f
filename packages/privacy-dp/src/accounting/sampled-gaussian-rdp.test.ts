import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFolder, readReference, relativeError } from '../testing/reference.js';
import { logExcessByBinomials } from './poisson-sampled-rdp.js';
import { gaussianRdp, logExcessByQuadrature, sampledGaussianRdp } from './sampled-gaussian-rdp.js';

const probability = fc.double({ min: -6, max: -1e-3, noNaN: true }).map((exponent) => 10 ** exponent);
const noise = fc.double({ min: -1.5, max: 2, noNaN: true }).map((exponent) => 10 ** exponent);

describe('sampledGaussianRdp', () => {
  // Orders, probabilities, noise multipliers and divergences by mpmath 1.3.0 quadrature at 40 digits.
  it.each([
    [1.0001, 0.24911159681650974, 0.11846216987308489, 8.326459577811407],
    [1.0001, 0.00039222054924469224, 84.82559591840096, 1.0691790375313428e-11],
    [1.01, 0.9999959169622578, 0.07833268985610316, 82.30078122938863],
    [1.1, 1e-10, 0.3, 3.602289319581509e-16],
    [1.1, 1e-10, 0.1, 2.3370818514146702e-8],
    [1.1, 1e-65, 0.1, 8.162905262879498e-88],
    [1.1, 0.0001, 0.1, 0.09585277128759627],
    [1.1, 3.803938740205298e-5, 0.6239069275249857, 9.572700873783175e-9],
    [1.5, 0.0001, 0.05, 272.3689788840714],
    [1.5, 0.5, 10000, 1.8750000046875e-9],
    [1.9, 0.9998839551732511, 0.05472883054641029, 317.1691464691363],
    [2.5, 0.159216580604941, 0.9046927838578853, 0.08849141638996617],
    [2.5, 0.9999999781291761, 90.38722620088757, 0.0001530015660388492],
    [3.7, 0.04310870105146456, 0.5963294797911429, 0.9416329952129036],
    [5.3, 0.004995058715401584, 0.13125246468282126, 147.2947193399184],
    [10.9, 0.3, 0.02, 13623.674413781095],
    [33.5, 6.778560971701507e-5, 3.513478427230618, 6.495386531662842e-9],
    [100.5, 0.01, 0.3, 553.6818800298981],
  ])('at order %d, q = %d, z = %d is %d', (order, q, z, divergence) => {
    const found = sampledGaussianRdp(order, q, z);
    expect(found).toBeGreaterThanOrEqual(divergence);
    expect(relativeError(found, divergence)).toBeLessThan(2e-12);
  });

  it('without sampling is the divergence of the Gaussian, with nobody sampled nothing', () => {
    expect(sampledGaussianRdp(3, 1, 2)).toBe(3 / 8);
    expect(gaussianRdp(3, 2)).toBe(3 / 8);
    expect(sampledGaussianRdp(3.5, 0, 2)).toBe(0);
  });

  it('approaches the Gaussian as q approaches 1', () => {
    for (const order of [1.1, 2.5, 3, 64])
      expect(relativeError(sampledGaussianRdp(order, 1 - 1e-12, 1.3), gaussianRdp(order, 1.3))).toBeLessThan(1e-9);
  });

  it('integrates to the binomial sum at whole orders', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), probability, noise, (order, q, z) => {
        const bySum = logExcessByBinomials(order, q, (k) => gaussianRdp(k, z));
        const difference = Math.abs(logExcessByQuadrature(order, q, z) - bySum);
        expect(difference).toBeLessThan(1e-12 + 5e-15 * Math.abs(bySum)); // relative to A - 1, and rounding
      }),
      { numRuns: 300 },
    );
  });

  it('grows with the order and with q, and shrinks with z', () => {
    const order = fc.constantFrom(1.05, 1.5, 2, 2.7, 5, 10.9, 17, 64);
    fc.assert(
      fc.property(order, probability, noise, (a, q, z) => {
        const base = sampledGaussianRdp(a, q, z) * (1 - 1e-11);
        expect(sampledGaussianRdp(a * 1.1, q, z)).toBeGreaterThanOrEqual(base);
        expect(sampledGaussianRdp(a, Math.min(1, q * 1.1), z)).toBeGreaterThanOrEqual(base);
        expect(sampledGaussianRdp(a, q, z / 1.1)).toBeGreaterThanOrEqual(base);
      }),
      { numRuns: 300 },
    );
  });

  it('where noise is hardly there stays a bound: above the exact value, below the unsampled one', () => {
    for (const order of [1.1, 1.5, 2, 4]) {
      const found = sampledGaussianRdp(order, 0.01, 0.0099);
      const exact = Math.log1p(Math.exp(logExcessByQuadrature(order, 0.01, 0.0099))) / (order - 1);
      if (Number.isFinite(exact)) expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeGreaterThan(sampledGaussianRdp(order, 0.01, 0.0101));
      expect(found).toBeLessThan(gaussianRdp(order, 0.0099));
    }
    expect(sampledGaussianRdp(1.1, 0.01, 1e-200)).toBe(Infinity);
    expect(sampledGaussianRdp(1.1, 0.01, 0)).toBe(Infinity);
  });
});

interface Curve {
  noise_multiplier: number;
  sampling_probability: number;
  rdp_exact: number[];
}

describe.skipIf(!dataFolder)('one-step RDP curves (needs FEDWARD_DATA)', () => {
  it('are those of rdp_epsilon.json, at whole and fractional orders', () => {
    const reference = readReference<{
      one_step_rdp_curve_orders: number[];
      one_step_rdp_curves: Curve[];
      fractional_order_check: ({ order: number; rdp_quadrature: number } & Curve)[];
    }>('rdp_epsilon.json');
    expect(reference.one_step_rdp_curves).toHaveLength(48);
    for (const { noise_multiplier: z, sampling_probability: q, rdp_exact: exact } of reference.one_step_rdp_curves)
      reference.one_step_rdp_curve_orders.forEach((order, i) => {
        expect(relativeError(sampledGaussianRdp(order, q, z), exact[i]!), `${order} ${q} ${z}`).toBeLessThan(1e-11);
      });
    expect(reference.fractional_order_check).toHaveLength(72);
    for (const {
      noise_multiplier: z,
      sampling_probability: q,
      order,
      rdp_quadrature,
    } of reference.fractional_order_check)
      expect(relativeError(sampledGaussianRdp(order, q, z), rdp_quadrature)).toBeLessThan(2e-12);
  });
});
