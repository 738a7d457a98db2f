import { parseWith } from '@fedward/core';
import { tableSchema } from '@fedward/kit-tables';

/** Two patients lack it: what is filled in stands for it. */
const filled = { impute: 'ridge' } as const;
/**
 * One in twenty or more lack it. That somebody does is told to the model: why it was not measured, and at which hospital,
 * says something of the patient. So it is a model for these four hospitals: elsewhere other things are not measured.
 */
const marked = { impute: 'ridge', indicator: true } as const;

/**
 * All 920 patients and all 13 columns that the four hospitals recorded, in their order. No row is left out: what is missing
 * is predicted from a patient's other columns by regressions that are fitted over the four hospitals (of slope, vessels and
 * thallium scan three of them have next to nothing, of cholesterol Switzerland has none). A cholesterol or a blood pressure
 * of 0 is no measurement. Scales as in `heartDiseaseSchema`; `allowed` is what a living patient can have, so that no
 * regression fills in more.
 */
export const heartDiseaseAllSchema = parseWith(
  tableSchema,
  {
    columns: [
      { name: 'age', kind: 'numeric', unit: 'years', scale: { center: 50, spread: 10 } },
      { name: 'sex', kind: 'binary' },
      { name: 'cp', kind: 'categorical', levels: [1, 2, 3, 4], dropFirst: true },
      {
        ...{ name: 'trestbps', kind: 'numeric', unit: 'mmHg', zeroIsMissing: true, allowed: [40, 300] },
        ...{ scale: { center: 120, spread: 20 }, missing: marked },
      },
      {
        ...{ name: 'chol', kind: 'numeric', unit: 'mg/dl', zeroIsMissing: true, allowed: [40, 1000] },
        ...{ scale: { center: 200, spread: 100 }, missing: marked },
      },
      { name: 'fbs', kind: 'binary', missing: marked },
      { name: 'restecg', kind: 'categorical', levels: [0, 1, 2], dropFirst: true, missing: filled },
      {
        ...{ name: 'thalach', kind: 'numeric', unit: 'beats/min', allowed: [30, 250] },
        ...{ scale: { center: 145, spread: 25 }, missing: marked },
      },
      { name: 'exang', kind: 'binary', missing: marked },
      {
        ...{ name: 'oldpeak', kind: 'numeric', unit: 'mm', allowed: [-10, 10] },
        ...{ scale: { center: 1, spread: 1 }, missing: marked },
      },
      /** Of the ST segment at the peak of exercise: rising, flat, falling. */
      { name: 'slope', kind: 'categorical', levels: [1, 2, 3], dropFirst: true, missing: marked },
      /** Large vessels that fluoroscopy shows, 0 to 3. */
      { name: 'ca', kind: 'numeric', allowed: [0, 3], scale: { center: 0, spread: 1 }, missing: marked },
      /** Thallium scan: normal, fixed defect, defect that goes. */
      { name: 'thal', kind: 'categorical', levels: [3, 6, 7], dropFirst: true, missing: marked },
    ],
    label: {
      name: 'num',
      kind: 'class',
      classes: [
        { name: 'no heart disease', values: [0] },
        { name: 'heart disease', values: [1, 2, 3, 4] },
      ],
    },
    subgroups: [
      {
        column: 'sex',
        levels: [
          { name: 'female', values: [0] },
          { name: 'male', values: [1] },
        ],
      },
      { column: 'age', bands: [50, 60] },
    ],
    imputation: { fitted: 'federation', ridge: 1, iterations: 10 },
  },
  'the heart disease schema',
);
