import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from './accounting/gaussian-accountant.js';
import { analyticGaussianNoiseMultiplier } from './accounting/gaussian-profile.js';
import { defaultOrders, rdpAccountant } from './accounting/rdp-accountant.js';
import { calibrateNoiseMultiplier, type CalibrationTarget } from './calibration.js';
import { dpSgdEvent } from './events.js';
import { dataFolder, readReference, relativeError } from './testing/reference.js';

const rdp = rdpAccountant({ orders: defaultOrders.filter((order) => Number.isInteger(order) || order < 3) });

const spent = ({ accountant, adjacency = 'add-or-remove-one', delta, ...steps }: CalibrationTarget, z: number) =>
  accountant(adjacency).preview(dpSgdEvent({ ...steps, noiseMultiplier: z }), delta);

describe('calibrateNoiseMultiplier', () => {
  it('gives the least multiplier within the target, for any target', () => {
    fc.assert(
      fc.property(
        fc.record({
          epsilon: fc.double({ min: -1, max: 2, noNaN: true }).map((exponent) => 10 ** exponent),
          delta: fc.constantFrom(1e-3, 1e-5, 1e-8),
          samplingProbability: fc.constantFrom(1e-3, 0.01, 0.1, 0.5, 1),
          steps: fc.constantFrom(1, 30, 1000),
          accountant: fc.constant(rdp),
        }),
        (target) => {
          const z = calibrateNoiseMultiplier(target);
          expect(spent(target, z)).toBeLessThanOrEqual(target.epsilon);
          expect(spent(target, z * (1 - 1e-5))).toBeGreaterThan(target.epsilon);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is the analytic Gaussian with the exact accountant, under either adjacency', () => {
    for (const adjacency of ['add-or-remove-one', 'replace-one'] as const) {
      const target = { epsilon: 0.7, delta: 1e-6, samplingProbability: 1, steps: 25, accountant: gaussianAccountant };
      const found = calibrateNoiseMultiplier({ ...target, adjacency });
      expect(relativeError(found, 5 * analyticGaussianNoiseMultiplier(0.7, 1e-6))).toBeLessThan(1.1e-6);
    }
  });

  it('says why a target is out of reach', () => {
    const target = { delta: 1e-5, samplingProbability: 0.5, steps: 1e9, accountant: rdpAccountant({ orders: [2, 3] }) };
    expect(() => calibrateNoiseMultiplier({ ...target, epsilon: 0.01 })).toThrow(
      expect.objectContaining({
        code: 'CALIBRATION_IMPOSSIBLE',
        message: expect.stringMatching(/rdp can't prove epsilon 0\.01 .* 1000000 it still says 4\.\d/),
      }),
    );
  });

  it('says where there is nothing to calibrate', () => {
    const target = { delta: 0.1, samplingProbability: 1, steps: 1, accountant: gaussianAccountant };
    expect(() => calibrateNoiseMultiplier({ ...target, epsilon: 1e9 })).toThrow(
      expect.objectContaining({
        code: 'CALIBRATION_IMPOSSIBLE',
        message: expect.stringMatching(/almost without noise/),
      }),
    );
  });

  it('passes on that the accountant knows no such steps', () => {
    const target = { epsilon: 1, delta: 1e-5, samplingProbability: 0.1, steps: 10 };
    const refusal = expect.objectContaining({ code: 'EVENT_UNSUPPORTED', subject: 'poisson-sampled' });
    expect(() => calibrateNoiseMultiplier({ ...target, accountant: gaussianAccountant })).toThrow(refusal);
    expect(() => calibrateNoiseMultiplier({ ...target, accountant: rdp, adjacency: 'replace-one' })).toThrow(refusal);
  });

  it.each([
    ['epsilon', { epsilon: 0 }],
    ['delta', { delta: 1 }],
    ['samplingProbability', { samplingProbability: 0 }],
    ['samplingProbability', { samplingProbability: 1.01 }],
    ['steps', { steps: 0 }],
    ['steps', { steps: 1.5 }],
  ])('refuses a wrong %s', (subject, wrong) => {
    const target = { epsilon: 1, delta: 1e-5, samplingProbability: 0.1, steps: 10, accountant: rdp };
    expect(() => calibrateNoiseMultiplier({ ...target, ...wrong })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }),
    );
  });
});

interface Row {
  target_epsilon: number;
  target_delta: number;
  sampling_probability: number;
  steps: number;
  opacus_rdp_noise_multiplier?: number;
  'opacus_rdp_noise_multiplier_tol1e-4'?: number;
  dp_accounting_rdp_noise_multiplier?: number;
}

describe.skipIf(!dataFolder)('calibration against published values (needs FEDWARD_DATA)', () => {
  const { noise_multiplier_rows: rows, opacus_rdp } = dataFolder
    ? readReference<{ noise_multiplier_rows: Row[]; opacus_rdp: { orders: number[] } }>('opacus_epsilon.json')
    : { noise_multiplier_rows: [], opacus_rdp: { orders: [2] } };
  const targetOf = (row: Row, accountant = rdpAccountant()): CalibrationTarget => ({
    epsilon: row.target_epsilon,
    delta: row.target_delta,
    samplingProbability: row.sampling_probability,
    steps: row.steps,
    accountant,
  });

  it('gives the multipliers of dp_accounting, or less where its fractional orders are loose', () => {
    expect(rows).toHaveLength(49);
    for (const row of rows) {
      const z = calibrateNoiseMultiplier(targetOf(row));
      const theirs = row.dp_accounting_rdp_noise_multiplier!;
      expect(z).toBeLessThan(theirs * (1 + 2e-6) + 2e-6);
      expect(z).toBeGreaterThan(theirs * (1 - 1e-3));
    }
  });

  it("finds Opacus's multipliers within its tolerance of the target, with its orders", () => {
    const accountant = rdpAccountant({ orders: opacus_rdp.orders });
    for (const row of rows) {
      const target = targetOf(row, accountant);
      for (const [key, tolerance] of [
        ['opacus_rdp_noise_multiplier', 0.01],
        ['opacus_rdp_noise_multiplier_tol1e-4', 1e-4],
      ] as const) {
        const theirs = row[key];
        if (theirs === undefined) continue;
        const epsilon = spent(target, theirs);
        expect(epsilon).toBeLessThanOrEqual(target.epsilon * (1 + 1e-9));
        expect(epsilon).toBeGreaterThan(target.epsilon - tolerance - 1e-9);
        expect(calibrateNoiseMultiplier(target)).toBeLessThanOrEqual(theirs * (1 + 1e-6));
      }
    }
  });
});
