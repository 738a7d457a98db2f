import { join } from 'node:path';
import { heartDiseaseCsv } from '@fedward/data-medical';
import type { TableSchema } from '@fedward/kit-tables';
import type { LoadOptions, RawTables } from './scenario.js';

/** The four files of UCI heart disease, each a hospital's. */
export function rawHeartDisease({ dataDir = '' }: LoadOptions, schema: TableSchema): RawTables {
  const hospitals = ['cleveland', 'hungarian', 'switzerland', 'va'];
  return {
    schema,
    source: { format: 'csv', csv: heartDiseaseCsv },
    tables: hospitals.map((id) => ({ hospital: id, path: join(dataDir, 'heart-disease', `processed.${id}.data`) })),
  };
}

/** One file of text in columns, which is parted among hospitals. */
export function rawFile({ dataDir = '' }: LoadOptions, schema: TableSchema, folder: string, file: string): RawTables {
  return { schema, source: { format: 'csv' }, tables: [{ hospital: file, path: join(dataDir, folder, file) }] };
}
