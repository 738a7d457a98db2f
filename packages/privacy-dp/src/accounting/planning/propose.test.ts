import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from '../gaussian-accountant.js';
import { analyticGaussianNoiseMultiplier } from '../gaussian-profile.js';
import { rdpAccountant } from '../rdp-accountant.js';
import { dpSgdEvent } from '../events.js';
import { proposeDpSgd } from './propose.js';
import { disclosuresOf } from './reasons.js';
import type { Study } from './study.js';

/** The tutorial's hospitals: 350 patients, 100 features and a bias for each of two classes. */
const tutorial: Study = {
  ...{ epsilon: 1, delta: 1e-5, patients: 350, hospitals: 5, parameters: 202 },
  accountant: gaussianAccountant(),
};

describe('proposeDpSgd', () => {
  it('stays within the epsilon, by the price of what it proposes', () => {
    const rdp = rdpAccountant();
    fc.assert(
      fc.property(
        fc.record({
          epsilon: fc.constantFrom(0.1, 1, 8),
          delta: fc.constantFrom(1e-3, 1e-6),
          patients: fc.constantFrom(1, 40, 4096, 4097, 50_000),
          parameters: fc.constantFrom(2, 202, 8610),
          rounds: fc.constantFrom(undefined, 1, 30),
        }),
        ({ rounds, ...study }) => {
          const found = proposeDpSgd({ ...study, ...(rounds !== undefined && { rounds }), accountant: rdp });
          const priced = rdp('add-or-remove-one').preview(dpSgdEvent(found.proposal), study.delta);
          expect(priced).toBe(found.epsilon);
          expect(priced).toBeLessThanOrEqual(study.epsilon);
          expect(priced).toBeGreaterThan(study.epsilon * 0.999);
          expect(found.proposal.rounds * found.proposal.stepsPerRound).toBe(found.proposal.steps);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes everybody of few hundred patients, in ten steps, at the exact price', () => {
    const { proposal, signal } = proposeDpSgd(tutorial);
    expect(proposal).toMatchObject({ samplingProbability: 1, expectedBatchSize: 350, rounds: 10, stepsPerRound: 1 });
    const one = analyticGaussianNoiseMultiplier(1, 1e-5);
    expect(proposal.noiseMultiplier / (one * Math.sqrt(10))).toBeCloseTo(1, 5);
    expect(signal.run).toBeCloseTo((350 / one) * Math.sqrt(5 / 202), 3); // 14.8: the number of steps drops out
    expect(signal.noisePerCoordinate).toBeCloseTo((one * Math.sqrt(10)) / 350, 5);
    expect(signal.step * Math.sqrt(50)).toBeCloseTo(signal.run, 10);
    expect(proposal.learningRate).toBe(2);
  });

  it('says what it tells of the number of patients, and holds for any other', () => {
    const whole = proposeDpSgd(tutorial);
    expect(disclosuresOf(whole).join()).toMatch(/batch size 350 tells.*records \(350\).*nominal one that is public/);
    const sampled = proposeDpSgd({ ...tutorial, patients: 8192, unit: 'patient', accountant: rdpAccountant() });
    expect(disclosuresOf(sampled).join()).toMatch(/sampling probability 0\.5 tells.*patients \(8192\)/);
    // The event that is priced has no number of patients in it but the probability of the plan.
    expect(JSON.stringify(dpSgdEvent(whole.proposal))).not.toContain('350');
    // A nominal number near the true one asks for the very same noise where everybody is in each step.
    expect(proposeDpSgd({ ...tutorial, patients: 400 }).proposal.noiseMultiplier).toBe(whole.proposal.noiseMultiplier);
  });

  it('goes no further than the noise lets it', () => {
    const { proposal, signal } = proposeDpSgd({ ...tutorial, epsilon: 0.1 });
    expect(signal.run).toBeLessThan(2);
    expect((proposal.learningRate * proposal.steps) / signal.run).toBeCloseTo(2, 1);
  });

  it('draws 4,096 of more, with a price for the sampling', () => {
    const { proposal } = proposeDpSgd({ ...tutorial, patients: 8192, accountant: rdpAccountant() });
    expect(proposal).toMatchObject({ samplingProbability: 0.5, expectedBatchSize: 4096 });
    expect(() => proposeDpSgd({ ...tutorial, patients: 8192 })).toThrowError(
      expect.objectContaining({ code: 'EVENT_UNSUPPORTED' }) as Error,
    );
  });

  it('protects patients where they have several records, unless told otherwise', () => {
    const several = { ...tutorial, recordsPerPatient: 10 };
    const patient = proposeDpSgd(several);
    expect(patient.study.unit).toBe('patient');
    expect(patient.proposal.expectedBatchSize).toBe(350);
    expect(patient.patientEpsilon).toBeUndefined();

    const record = proposeDpSgd({ ...several, unit: 'record' });
    expect(record.proposal.expectedBatchSize).toBe(3500);
    // Ten records of a Gaussian release are one of ten times the mu: exact.
    expect(record.patientEpsilon).toBeGreaterThan(10);
    expect(proposeDpSgd({ ...tutorial, unit: 'record' }).patientEpsilon).toBeUndefined();
  });

  it.each([
    ['epsilon', { epsilon: 0 }],
    ['delta', { delta: 1 }],
    ['patients', { patients: 0 }],
    ['hospitals', { hospitals: 1.5 }],
    ['parameters', { parameters: 0 }],
    ['rounds', { rounds: 0 }],
    ['recordsPerPatient', { recordsPerPatient: 10_001 }],
  ])('refuses a wrong %s by name', (subject, wrong) => {
    const propose = (): unknown => proposeDpSgd({ ...tutorial, ...wrong });
    expect(propose).toThrowError(expect.objectContaining({ code: 'ARGUMENT_INVALID', subject }) as Error);
  });
});
