import { describe, expect, it } from 'vitest';
import { deployText } from './deploy-text.js';
import { hospitalTable } from './hospital-table.js';
import { exposureText } from './exposure-text.js';
import { describeMetrics } from './shown-metrics.js';

const regression = { loss: 57.3, meanAbsoluteError: 8.5333, rootMeanSquaredError: 10.7123, rSquared: 0.0121 };
const hospital = { id: 'hospital-0', samples: 1072, localMetrics: null };

describe('metrics as people read them', () => {
  it('are those of the kind of model', () => {
    expect(describeMetrics({ loss: 1, accuracy: 0.8154, auroc: 0.9021 })).toBe('accuracy 81.5%, AUROC 0.902');
    expect(describeMetrics({ loss: 1, accuracy: 0.5 })).toBe('accuracy 50.0%');
    expect(describeMetrics(regression)).toBe('RMSE 10.71, MAE 8.533, R² 0.012');
    expect(describeMetrics({ loss: 2, cIndex: 0.7 })).toBe('C-index 0.700');
    expect(describeMetrics({})).toBe('');
  });

  it('head the table of hospitals, with a dash for what was not run', () => {
    expect(hospitalTable([{ ...hospital, globalMetrics: regression }], regression)).toEqual({
      head: ['Hospital', 'Samples', 'Local RMSE', 'Global RMSE'],
      rows: [['hospital-0', '1072', '-', '10.71']],
    });
    const { head, rows } = hospitalTable([{ ...hospital, globalMetrics: { accuracy: 0.75 } }], { accuracy: 0.8 });
    expect([head[3], rows[0]![3]]).toEqual(['Global accuracy', '75.0%']);
  });

  it('stand side by side where hospitals have personal models, with the one to deploy and why', () => {
    const evaluation = { schemaVersion: 1, task: 'binary', records: 1, patients: 1, level: 0.95, figures: {} } as const;
    const personal = { metrics: { accuracy: 0.85 }, evaluation, gain: {}, sha256: 'ab' };
    const deploy = { model: 'undecided', because: '16 test patients are too few to tell', comparisons: [] } as const;
    const own = { ...hospital, globalMetrics: { accuracy: 0.75 }, personal, deploy };
    expect(hospitalTable([own], { accuracy: 0.8 })).toEqual({
      head: ['Hospital', 'Samples', 'Local accuracy', 'Global accuracy', 'Personal accuracy', 'Deploy'],
      rows: [['hospital-0', '1072', '-', '75.0%', '85.0%', 'undecided']],
    });
    expect(deployText([own])[0]).toBe('Deploy at hospital-0: undecided; 16 test patients are too few to tell.');
    expect(deployText([hospital])).toEqual([]);
  });
});

describe('exposureText', () => {
  const privacy = {
    ...({ mechanism: 'dp-sgd', mechanisms: ['dp-sgd'], unit: 'record', adjacency: 'add-or-remove-one' } as const),
    ...{
      accountant: 'rdp',
      delta: 1e-3,
      epsilon: 4.79,
      perHospital: [],
      assumptions: [],
      withheld: [],
      protects: 'what leaves a site',
      released: [],
      notReleased: [],
      claims: [],
    },
  };

  it('says what a record’s epsilon leaves open, with all that an epsilon needs', () => {
    const text = exposureText({ ...privacy, patient: { records: 168, epsilon: 23_634.01 } });
    for (const part of ['168 records', 'epsilon 23634.1', 'delta 0.001', 'unit: patient', 'add-or-remove-one', 'rdp'])
      expect(text).toContain(part);
    expect(exposureText({ ...privacy, patient: { records: 2, epsilon: null } })).toContain('no epsilon is stated');
  });

  it('says nothing where there is nothing to say', () => {
    expect(exposureText(privacy)).toBeUndefined();
  });
});
