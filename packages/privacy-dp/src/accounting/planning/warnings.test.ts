import { describe, expect, it } from 'vitest';
import { gaussianAccountant } from '../gaussian-accountant.js';
import { proposeDpSgd } from './propose.js';
import { reasonsOf } from './reasons.js';
import type { Study } from './study.js';
import { warningsOf } from './warnings.js';

const tutorial: Study = {
  ...{ epsilon: 1, delta: 1e-5, patients: 350, hospitals: 5, parameters: 202 },
  accountant: gaussianAccountant(),
};
const warned = (change: Partial<Study>): string[] => warningsOf(proposeDpSgd({ ...tutorial, ...change }));

describe('warningsOf', () => {
  it('has none for what was seen to learn', () => {
    expect(warned({})).toEqual([]);
  });

  it('says that a network on few patients learns less, or nothing', () => {
    const [network] = warned({ parameters: 8610 });
    expect(network).toContain('will lose much accuracy: signal to noise of the run is 2.3');
    expect(network).toContain('logistic regression in place of a network');
    expect(warned({ parameters: 8610, epsilon: 0.1 })[0]).toContain('will not learn');
  });

  it('names numbers that are just enough', () => {
    const [warning] = warned({ epsilon: 0.2 });
    const [, patients] = /(\d+) patients at each hospital/.exec(warning!)!;
    const [, parameters] = /at most (\d+) parameters/.exec(warning!)!;
    expect(warned({ epsilon: 0.2, patients: Number(patients) })).toEqual([]);
    expect(warned({ epsilon: 0.2, patients: Number(patients) - 2 })).toHaveLength(1);
    expect(warned({ epsilon: 0.2, parameters: Number(parameters) })).toEqual([]);
    expect(warned({ epsilon: 0.2, parameters: Number(parameters) + 1 })).toHaveLength(1);
  });

  it('compares delta with one in all patients', () => {
    expect(warned({ delta: 1 / 1750 + 1e-9 })[0]).toContain('is more than 1 / 1750');
    expect(warned({ delta: 1e-4 })[0]).toContain('is not well below 1 / 1750 (one in all patients); 0.00006 would');
    expect(warned({ delta: 0.1 / 1750 })).toEqual([]);
  });

  it('says what a patient is exposed to where records are protected, with all that an epsilon needs', () => {
    const [warning] = warned({ recordsPerPatient: 10, unit: 'record' });
    for (const part of [
      'All 10',
      'epsilon 1',
      'delta 0.00001',
      'unit: patient',
      'add-or-remove-one',
      'accountant: rdp',
    ])
      expect(warning).toContain(part);
  });

  it('calls a large epsilon weak', () => {
    expect(warned({ epsilon: 12 })).toEqual([expect.stringMatching(/weak guarantee.* a factor of 162755$/)]);
    expect(warned({ epsilon: 20 })).toEqual([expect.stringMatching(/a factor of more than a million$/)]);
  });
});

it('gives a reason for each setting', () => {
  const reasons = reasonsOf(proposeDpSgd(tutorial));
  for (const reason of Object.values(reasons)) expect(reason.length).toBeGreaterThan(20);
  expect(reasons.samplingProbability).toMatch(/each record is in each step/);
  expect(reasonsOf(proposeDpSgd({ ...tutorial, rounds: 30 })).rounds).toMatch(/as asked/);
});
