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

describe.skipIf(!dataDir)(
  'the imputers of scikit-learn 1.9.1 on 920 rows of 13 raw columns (needs FEDWARD_DATA)',
  () => {
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

    /*
     * scikit-learn takes any of the records that are equally far (argpartition), and computes squares of distances as
     * x^2 + y^2 - 2xy, by which a record is 1e-7 from its twin. So a value may be another where the fifth and the sixth are
     * equally far: it then is what a choice among equals gives. And with a twin it may be 1e-6 off by weights of distance.
     */
    it.each([
      ['knn5_raw', { units: 'recorded' }, 34, 0],
      ['knn5_standardised', {}, 6, 0],
      ['knn5_distance_standardised', { weights: 'distance' }, 2, 2],
    ] as const)(
      '%s: each cell to 1e-9 of its column’s deviation, but for ties',
      async (name, settings, ties, twins) => {
        const { model, records, filled } = await impute(rawSchema('knn', settings));
        const { cells, column_sd_after_ddof1: deviations } = await read(name);
        expect(cells).toHaveLength(1759);
        const { spreads } = model.nearest!;
        const seen = { ties: 0, twins: 0 };
        for (const [row, column, value] of cells!) {
          const off = Math.abs(filled[row]![column]! - value) / deviations[column]!;
          if (off < 1e-9) continue;
          const donors = nearest(records.values, spreads, row, column);
          if (donors[0]!.distance === 0 && 'weights' in settings) {
            expect(off).toBeLessThan(1e-6);
            seen.twins++;
            continue;
          }
          const weighed = donors.map((donor) => ({ ...donor, weight: 'weights' in settings ? 1 / donor.distance : 1 }));
          const { tied, least, most } = choices(weighed);
          expect(tied).toBe(true);
          expect(value).toBeGreaterThan(least - 1e-9);
          expect(value).toBeLessThan(most + 1e-9);
          seen.ties++;
        }
        expect(seen).toEqual({ ties, twins });
      },
    );
  },
);

/** The records that have a value in a column, by how far they are from one, by the formula of the documentation. */
function nearest(values: Float64Array, spreads: readonly number[], row: number, column: number) {
  return Array.from({ length: values.length / 13 }, (_, i) => {
    const squares = spreads.map((spread, j) => ((values[row * 13 + j]! - values[i * 13 + j]!) / spread) ** 2);
    const both = squares.filter((square) => !Number.isNaN(square));
    const distance = Math.sqrt((13 / both.length) * both.reduce((sum, square) => sum + square, 0));
    return { distance, value: values[i * 13 + column]! };
  })
    .filter(({ value, distance }) => !Number.isNaN(value) && !Number.isNaN(distance))
    .sort((a, b) => a.distance - b.distance);
}

/** What the mean of the five nearest can be, where several are as far as the fifth. */
function choices(donors: readonly { distance: number; value: number; weight: number }[]) {
  const fifth = donors[4]!.distance;
  const room = 1e-9 * fifth;
  const sure = donors.filter(({ distance }) => distance < fifth - room);
  const tied = donors.filter(({ distance }) => Math.abs(distance - fifth) <= room).sort((a, b) => a.value - b.value);
  const open = 5 - sure.length;
  const mean = (some: typeof tied) => {
    const five = [...sure, ...some];
    const all = five.reduce((sum, { weight }) => sum + weight, 0);
    return five.reduce((sum, { weight, value }) => sum + weight * value, 0) / all;
  };
  return { tied: tied.length > open, least: mean(tied.slice(0, open)), most: mean(tied.slice(-open)) };
}
