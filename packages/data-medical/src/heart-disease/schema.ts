import { parseWith } from '@fedward/core';
import { tableSchema, type TableSchema } from '@fedward/kit-tables';
import { csvOptionsSchema } from '../csv/options.js';

const missing = 'drop-row' as const;
/** What is filled in where there is none, mg/dl. */
export const noCholesterol = 200;

/**
 * The 13 inputs of FLamby's Fed-Heart-Disease, in its order: eight columns as they are, then chest pain and
 * resting ECG as indicators without their first level. Slope, ca and thal are left out, since most rows outside
 * Cleveland lack them, and rows that lack any other value. FLamby takes the levels from the four hospitals'
 * rows together, which no single hospital could; here they are declared.
 *
 * The scales are what is known of patients in general and not of these: the age at which a coronary disease is looked
 * for; blood pressure and cholesterol that are called normal (120 mmHg, 200 mg/dl); the heart rate that a person of
 * fifty is expected to reach under stress, 85 % of 220 less the age; an ST depression of 1 mm, from which on a stress
 * test is called positive. Nothing of it is computed from patients, so that there is nothing to pay for.
 */
export const heartDiseaseSchema = schemaWith({ missing });

/**
 * The same with a cholesterol of 0 for what it is: no measurement. It is filled in by the public constant that the others are
 * scaled about, and a fourteenth input says that it was. All of the Swiss patients and one of four of Long Beach's have
 * none; taken for a number, it is the lowest cholesterol of all.
 */
export const heartDiseaseMarkedSchema = schemaWith({
  zeroIsMissing: true,
  missing: { fill: noCholesterol, indicator: true },
});

function schemaWith(cholesterol: object): TableSchema {
  return parseWith(tableSchema, columnsWith(cholesterol), 'the heart disease schema');
}

function columnsWith(cholesterol: object): unknown {
  return {
    columns: [
      { name: 'age', kind: 'numeric', unit: 'years', scale: { center: 50, spread: 10 }, missing },
      /** 1: male. */
      { name: 'sex', kind: 'binary', missing },
      /** Blood pressure at rest, on admission. */
      { name: 'trestbps', kind: 'numeric', unit: 'mmHg', scale: { center: 120, spread: 20 }, missing },
      /** Serum cholesterol; 0 for every patient of the Swiss hospital. */
      { name: 'chol', kind: 'numeric', unit: 'mg/dl', scale: { center: 200, spread: 100 }, ...cholesterol },
      /** Fasting blood sugar above 120 mg/dl. */
      { name: 'fbs', kind: 'binary', missing },
      /** Highest heart rate reached. */
      { name: 'thalach', kind: 'numeric', unit: 'beats/min', scale: { center: 145, spread: 25 }, missing },
      /** Angina induced by exercise. */
      { name: 'exang', kind: 'binary', missing },
      /** ST depression induced by exercise. */
      { name: 'oldpeak', kind: 'numeric', unit: 'mm', scale: { center: 1, spread: 1 }, missing },
      /** Typical angina, atypical angina, other pain, no pain. */
      { name: 'cp', kind: 'categorical', levels: [1, 2, 3, 4], dropFirst: true, missing },
      /** Normal, ST-T abnormality, left ventricular hypertrophy. */
      { name: 'restecg', kind: 'categorical', levels: [0, 1, 2], dropFirst: true, missing },
    ],
    label: {
      name: 'num',
      kind: 'class',
      classes: [
        { name: 'no heart disease', values: [0] },
        { name: 'heart disease', values: [1, 2, 3, 4] },
      ],
      missing,
    },
    // Bands of ten years or so about the ages at which coronary disease is looked for.
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
  };
}

/** The files have no header line. */
export const heartDiseaseCsv = csvOptionsSchema.parse({
  header: [
    ...['age', 'sex', 'cp', 'trestbps', 'chol', 'fbs', 'restecg'],
    ...['thalach', 'exang', 'oldpeak', 'slope', 'ca', 'thal', 'num'],
  ],
  delimiter: ',',
  missing: ['?'],
});
