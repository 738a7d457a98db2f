import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyRow, type Table } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { fitRecords, imputationRecords, imputerOf } from '../index.js';
import { pooled, rawSchema, readRawHospitals, rowsOf } from './testing/raw-heart-disease.js';

const dataDir = process.env['FEDWARD_DATA'];

interface Vector {
  readonly name: string;
  readonly statistics?: readonly number[];
  readonly cells?: readonly (readonly [number, number, number])[];
  readonly column_means_after: readonly number[];
  readonly column_sd_after_ddof1: readonly number[];
}

/** 920 rows of 13 cells, filled in by what was learned from all of them. */
async function impute(schema: ReturnType<typeof rawSchema>) {
  const hospitals = await readRawHospitals(dataDir!, schema);
  const records = pooled(hospitals.map((table) => imputationRecords(table, rowsOf(table))));
  const model = fitRecords(records, schema.imputation!);
  const imputer = imputerOf(model, schema);
  const filled = hospitals.flatMap((table: Table) =>
    rowsOf(table).map((i) => {
      const { values, missing } = table.row(i);
      const row = { ...emptyRow(13), values: values.slice(), missing: missing.slice() };
      expect(imputer.impute(row)).toBeUndefined();
      return row.values;
    }),
  );
  return { model, records, filled };
}

const spread = (rows: readonly Float64Array[], column: number) => {
  const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
  const squares = rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (rows.length - 1)) };
};

describe.skipIf(!dataDir)('the imputers of scikit-learn 1.9.1 on 920 rows of 13 raw columns (needs FEDWARD_DATA)', () => {
  const read = async (name: string): Promise<Vector> => {
    const text = await readFile(join(dataDir!, '..', 'reference', 'clinical', 'imputation.json'), 'utf8');
    return (JSON.parse(text) as { imputers: Vector[] }).imputers.find((one) => one.name === name)!;
  };

  it.each([
    ['simple_mean', 'mean', 1e-12],
    ['simple_median', 'median', 0],
    ['simple_most_frequent', 'mode', 0],
  ] as const)('%s: each statistic to %g', async (name, method, tolerance) => {
    const { model, filled } = await impute(rawSchema(method));
    const { statistics, column_means_after: means, column_sd_after_ddof1: deviations } = await read(name);
    statistics!.forEach((value, i) => {
      expect(Math.abs(model.constants[i]! - value)).toBeLessThanOrEqual(tolerance * Math.abs(value));
      const after = spread(filled, i);
      expect(Math.abs(after.mean / means[i]! - 1)).toBeLessThan(1e-12);
      expect(Math.abs(after.deviation / deviations[i]! - 1)).toBeLessThan(1e-12);
    });
  });

  it.each([
    ['iterative_ridge_1', { iterations: 5, units: 'recorded' }],
    ['iterative_ridge_standardised', { iterations: 16 }],
  ] as const)('%s: each of 1,759 cells to 1e-9 of its column’s deviation', async (name, settings) => {
    const { filled } = await impute(rawSchema('ridge', settings));
    const { cells, column_sd_after_ddof1: deviations } = await read(name);
    expect(cells).toHaveLength(1759);
    let worst = 0;
    for (const [row, column, value] of cells!)
      worst = Math.max(worst, Math.abs(filled[row]![column]! - value) / deviations[column]!);
    expect(worst).toBeLessThan(1e-9);
  });
});
