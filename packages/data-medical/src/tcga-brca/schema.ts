import { parseWith } from '@fedward/core';
import { tableSchema } from '@fedward/kit-tables';
import { csvOptionsSchema } from '../csv/options.js';

/** 1 where it is so, as the file's header has it. A level that few patients have is in none of them. */
const indicators = [
  ...['ethnicity_not hispanic or latino', 'ethnicity_not reported'],
  ...['race_asian', 'race_black or african american', 'race_not reported', 'race_white'],
  'ajcc_pathologic_m_MX',
  ...['N0 (i-)', 'N1', 'N1a', 'N2', 'N2a'].map((n) => `ajcc_pathologic_n_${n}`),
  ...['IA', 'IIA', 'IIB', 'IIIA', 'IIIC'].map((stage) => `ajcc_pathologic_stage_Stage ${stage}`),
  ...['T1c', 'T2', 'T3'].map((t) => `ajcc_pathologic_t_${t}`),
  ...['5th', '6th', '7th'].map((edition) => `ajcc_staging_system_edition_${edition}`),
  ...['icd_10_code_C50.9', 'morphology_8500/3', 'morphology_8520/3'],
  ...['Infiltrating duct carcinoma, NOS', 'Lobular carcinoma, NOS'].map((name) => `primary_diagnosis_${name}`),
  ...['prior_malignancy_yes', 'synchronous_malignancy_Not Reported'],
  ...['treatment_or_therapy_not reported', 'treatment_or_therapy_yes'],
  ...['i', 'ia', 'iia', 'iib', 'iiia', 'iiic'].map((stage) => `tumor_stage_stage ${stage}`),
];

/**
 * The 39 inputs of FLamby's Fed-TCGA-BRCA, in its order: age, and 38 indicators. FLamby trains on the age in years; here it
 * is scaled by what is known of breast cancer and not of these patients, which is that it is usually found at about sixty.
 * Above 89 years the atlas says 90.
 *
 * To be told is the survival in days. Who was never seen again is censored at 0 days, and taken as half a day: there is no
 * event before the first day, so that nobody is at risk for longer by it.
 */
export const tcgaBrcaSchema = parseWith(
  tableSchema,
  {
    columns: [
      { name: 'age_at_index', kind: 'numeric', unit: 'years', scale: { center: 60, spread: 10 } },
      ...indicators.map((name) => ({ name, kind: 'binary' as const })),
    ],
    label: {
      ...{ name: 'T', kind: 'time-to-event', unit: 'days', atLeast: 0.5 },
      event: { column: 'E', values: [1], censored: [0] },
    },
    patientId: 'pid',
    subgroups: [
      { column: 'age_at_index', bands: [50, 65] },
      {
        column: 'race_black or african american',
        levels: [
          { name: 'black or african american', values: [1] },
          { name: 'other, or not reported', values: [0] },
        ],
      },
    ],
  },
  'the TCGA-BRCA schema',
);

/** How the file is written. */
export const tcgaBrcaCsv = csvOptionsSchema.parse({ delimiter: ',' });
