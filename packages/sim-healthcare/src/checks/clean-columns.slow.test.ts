import { join } from 'node:path';
import type { SourceInput } from '@fedward/data-medical';
import { describe, expect, it } from 'vitest';
import { identifyingColumns } from './testing/identifying-columns.js';

const dataDir = process.env['FEDWARD_DATA'];
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `v${i + 1}`);
const header = (names: readonly string[]): SourceInput => ({ format: 'csv', csv: { header: [...names] } });
const text: SourceInput = { format: 'csv' };
const heart = header(numbered(14));

/** Each file with the columns in which somebody can be told, by who looked at it; the others are clean. */
const files: readonly (readonly [path: string, identifying: readonly string[], source?: SourceInput])[] = [
  ['heart-disease/processed.cleveland.data', [], heart],
  ['heart-disease/processed.hungarian.data', [], heart],
  ['heart-disease/processed.switzerland.data', [], heart],
  ['heart-disease/processed.va.data', [], heart],
  // Ages over 89: six patients of heart failure, one with a kidney disease, 216 of SUPPORT2, nine of TCGA-BRCA.
  ['heart-failure/heart_failure_clinical_records_dataset.csv', ['age']],
  ['chronic-kidney-disease/chronic_kidney_disease_full.arff', ['age']],
  ['support2/support2.csv', ['pid', 'num_age']],
  ['tcga-brca/brca.csv', ['pid', 'age_at_index']],
  ['tcga-brca/centers.csv', []],
  ['tcga-brca/train_test_split.csv', ['pid']],
  ['dermatology/dermatology.arff', []],
  ['gbsg2/gbsg2.csv', []],
  ['veteran/veteran.csv', []],
  ['lung-ncctg/lung.csv', []],
  ['colon-and-pbc/colon.csv', ['id']],
  ['colon-and-pbc/pbc.csv', ['id']],
  ['thyroid-new/new-thyroid.csv', [], header(numbered(6))],
  ['wdbc/wdbc.data', ['id'], header(['id', ...numbered(31)])],
  ['breast-cancer-wisconsin-original/breast-cancer-wisconsin.data', ['id'], header(['id', ...numbered(10)])],
  ['parkinsons-telemonitoring/parkinsons_updrs.data', ['subject#'], text],
  ['diabetes-130-us/diabetic_data_13000.csv', ['encounter_id', 'patient_nbr']],
  ['eicu-demo/patient.csv', ['patientunitstayid', 'patienthealthsystemstayid', 'uniquepid']],
  ['eicu-demo/apacheapsvar.csv', ['patientunitstayid']],
  ['eicu-demo/apachepatientresult.csv', ['patientunitstayid']],
  ['eicu-demo/hospital.csv', []],
  ['parquet/heart_plain.parquet', []],
  ['parquet/omop_concept.parquet', ['valid_start_date', 'valid_end_date']],
  [
    'omop-gibleed/OBSERVATION_PERIOD.csv',
    ['PERSON_ID', 'OBSERVATION_PERIOD_START_DATE', 'OBSERVATION_PERIOD_END_DATE'],
  ],
  // Among them 7,129 descriptions of genes, in words.
  [
    'leukemia/data_set_ALL_AML_train.csv',
    [],
    {
      csv: { skipLines: 1, header: ['Gene Description', 'Gene Accession Number', ...numbered(76)], encoding: 'latin1' },
    },
  ],
  ['wearables/daphnet_S06R02E0.csv', ['timestamp']],
];

describe.skipIf(!dataDir)('columns of published data (need FEDWARD_DATA)', () => {
  it('are told where they tell who somebody is; of the others fewer than 2 % are', async () => {
    const missed: string[] = [];
    const alarms: string[] = [];
    let clean = 0;
    for (const [path, identifying, source = {}] of files) {
      const { found, columns } = await identifyingColumns(join(dataDir!, path), source);
      clean += columns - identifying.length;
      missed.push(...identifying.filter((name) => !(name in found)).map((name) => `${path}: ${name}`));
      alarms.push(
        ...Object.entries(found)
          .filter(([name]) => !identifying.includes(name))
          .map(([name, letters]) => `${path}: ${name} ${letters.join('')}`),
      );
    }
    expect(missed).toEqual([]);
    expect(clean).toBeGreaterThan(550);
    expect(alarms.length / clean, alarms.join('\n')).toBeLessThan(0.02);
  });
});
