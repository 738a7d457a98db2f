import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import type { FlambySet } from './settings.js';

/** Figures of one method and seed. */
export interface Figures {
  /** By hospital, in their order; NaN where a test part has none. */
  readonly hospitals: readonly number[];
  readonly pooled: number;
}

const files: Readonly<Record<FlambySet, (seed: number) => string>> = {
  'heart-disease': (seed) => `results_benchmark_fed_heart_disease/heart_seed${seed}.csv`,
  'tcga-brca': (seed) => `results_benchmark_fed_tcga_brca/tcga_seed${seed}.csv`,
};

/**
 * FLamby's own results, as it publishes them, by method; a row a method and test part.
 * @param dataDir the folder of data sets; the files are in its folder `flamby-results`
 * @throws {FedwardError} FILE_NOT_FOUND or FILE_INVALID naming the file
 */
export async function publishedResults(
  dataset: FlambySet,
  seeds: readonly number[],
  dataDir: string,
): Promise<ReadonlyMap<string, readonly Figures[]>> {
  const results = new Map<string, Figures[]>();
  for (const seed of seeds)
    for (const [method, figures] of await resultsOf(join(dataDir, 'flamby-results', files[dataset](seed))))
      results.set(method, [...(results.get(method) ?? []), figures]);
  return results;
}

async function resultsOf(path: string): Promise<Map<string, Figures>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FedwardError('FILE_NOT_FOUND', `${path} can't be read: it is of FLamby's published results`, path, { cause }); // prettier-ignore
  });
  const [header = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',')); // no field is quoted
  // The order of the columns differs from file to file.
  const [method, test, metric] = ['Method', 'Test', 'Metric'].map((name) => header.indexOf(name)) as [number, number, number]; // prettier-ignore
  if (Math.min(method, test, metric) < 0)
    throw new FedwardError('FILE_INVALID', `${path} lacks a column Method, Test or Metric`, path);
  const found = new Map<string, { hospitals: number[]; pooled: number }>();
  for (const row of rows) {
    const of = found.get(row[method]!) ?? { hospitals: [], pooled: NaN };
    found.set(row[method]!, of);
    const client = /^client_test_(\d+)$/.exec(row[test]!);
    if (client) of.hospitals[Number(client[1])] = Number(row[metric]);
    else of.pooled = Number(row[metric]);
  }
  return found;
}
