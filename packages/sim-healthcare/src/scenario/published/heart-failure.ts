import type { ScenarioDefaults } from '../scenario.js';
import { publishedStudy } from './published.js';

const common = { model: 'cox', rounds: 40, clipNorm: 1, noiseMultiplier: 2, delta: 1e-3 } as const;
const open: ScenarioDefaults = {
  ...common,
  batches: { kind: 'shuffle', size: 64, epochs: 1 },
  optimizer: { name: 'sgd', learningRate: 0.1 },
};

/** Heart failure: 299 patients, when they died or until when they had not. */
export const heartFailure = publishedStudy({
  name: 'heart-failure',
  description: 'survival of 299 patients with heart failure (Ahmad et al.), parted among three hospitals',
  data: ['heart-failure', 'heart_failure_clinical_records_dataset.csv'],
  schema: {
    title: 'Heart failure clinical records',
    origin: 'Ahmad et al. 2017, PLoS ONE 12:e0181001',
    licence: 'CC-BY-4.0',
    columns: [
      { name: 'age', kind: 'numeric', unit: 'years', scale: { center: 60, spread: 12 } },
      { name: 'anaemia', kind: 'binary' },
      {
        ...{ name: 'creatinine_phosphokinase', kind: 'numeric', unit: 'mcg/L', transform: 'log2' },
        ...{ allowed: [10, 100_000], scale: { center: Math.log2(250), spread: 1.6 } },
      },
      { name: 'diabetes', kind: 'binary' },
      { name: 'ejection_fraction', kind: 'numeric', unit: '%', scale: { center: 38, spread: 12 } },
      { name: 'high_blood_pressure', kind: 'binary' },
      { name: 'platelets', kind: 'numeric', unit: '/mL', scale: { center: 260_000, spread: 98_000 } },
      {
        ...{ name: 'serum_creatinine', kind: 'numeric', unit: 'mg/dL', transform: 'log2' },
        ...{ allowed: [0.1, 30], scale: { center: Math.log2(1.1), spread: 0.6 } },
      },
      { name: 'serum_sodium', kind: 'numeric', unit: 'mEq/L', scale: { center: 137, spread: 4.4 } },
      { name: 'sex', kind: 'binary' },
      { name: 'smoking', kind: 'binary' },
    ],
    // The follow-up is the time of the event, and no feature: as one it would tell who died.
    label: {
      ...{ name: 'time', kind: 'time-to-event', unit: 'days' },
      event: { column: 'DEATH_EVENT', values: [1], censored: [0] },
    },
  },
  partition: { by: 'iid', hospitals: 3 },
  defaults: () => open,
});
