import { join } from 'node:path';
import { parseWith } from '@fedward/core';
import { tableSchema, type ImputationMethod, type ImputationSettings, type Table } from '@fedward/kit-tables';
import { readCsvRecords } from '../../csv/read.js';
import { heartDiseaseCsv } from '../../heart-disease/schema.js';
import type { ImputationRecords } from '../records.js';

export const rawColumns = [
  ...['age', 'sex', 'cp', 'trestbps', 'chol', 'fbs', 'restecg'],
  ...['thalach', 'exang', 'oldpeak', 'slope', 'ca', 'thal'],
];

/** The 13 columns as numbers, levels too, and zeros as values: as the reference vectors have them. */
export function rawSchema(method: ImputationMethod, imputation: Partial<ImputationSettings> = {}) {
  return parseWith(
    tableSchema,
    {
      columns: rawColumns.map((name) => ({ name, kind: 'numeric', missing: { impute: method } })),
      label: { name: 'num', kind: 'value' },
      imputation,
    },
    'the schema',
  );
}

/** The four hospitals, 920 rows. */
export function readRawHospitals(dataDir: string, schema: ReturnType<typeof rawSchema>): Promise<Table[]> {
  return Promise.all(
    ['cleveland', 'hungarian', 'switzerland', 'va'].map(
      async (id) =>
        (await readCsvRecords(join(dataDir, 'heart-disease', `processed.${id}.data`), schema, heartDiseaseCsv)).records,
    ),
  );
}

/** All row numbers of a table. */
export const rowsOf = ({ rowCount }: Table) => Array.from({ length: rowCount }, (_, i) => i);

/** The records of several hospitals, one after another. */
export function pooled(parts: readonly ImputationRecords[]): ImputationRecords {
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { columns: parts[0]!.columns, count: parts.reduce((sum, { count }) => sum + count, 0), values };
}
