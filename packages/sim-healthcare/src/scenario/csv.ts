import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestJson, FedwardError, Random } from '@fedward/core';
import {
  readCsvDataset,
  splitTrainTest,
  standardize,
  type CsvOptionsInput,
  type TableSchemaInput,
} from '@fedward/data-medical';
import { readJsonFile } from '../run/read-json.js';
import { digestOfLines } from './data-digest.js';
import { populationOf } from './population.js';
import type { Hospital, Scenario } from './scenario.js';

const testFraction = 0.34;

/** The caller's own data: a folder with `schema.json` and one CSV file a hospital. */
export const csv: Scenario = {
  name: 'csv',
  description: 'your own data: a folder with schema.json and one CSV file a hospital',
  needsData: true,
  privacy: 'none',
  defaults: (privacy) => ({
    model: 'logistic',
    rounds: 30,
    batches:
      privacy === 'dp-sgd'
        ? { kind: 'poisson', probability: 0.1, steps: 10, expectedSize: 16 }
        : { kind: 'shuffle', size: 16, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.05 },
    clipNorm: 1,
    noiseMultiplier: 2,
    delta: 1e-5,
  }),
  async load({ dataDir, seed }) {
    if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', '--data: name the folder of the CSV files', '--data');
    const written = (await readJsonFile(
      join(dataDir, 'schema.json'),
      'it describes the columns; `fedward data inspect FILE.csv --json` proposes one',
    )) as TableSchemaInput & { csv?: CsvOptionsInput };
    const { csv: options, ...schema } = written;
    const files = (await readdir(dataDir)).filter((name) => name.endsWith('.csv')).sort();
    if (files.length === 0)
      throw new FedwardError('CONFIG_INVALID', `there are no hospitals: ${dataDir} has no CSV file`, 'hospitals');
    const hospitals = await Promise.all(
      files.map((file) => readHospital(join(dataDir, file), schema, options ?? {}, seed)),
    );
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    const inputs = {
      schema: digestJson(written),
      split: { by: 'class', testFraction },
      preprocessing: { scale: "each hospital's own mean and deviation" },
      hospitals: await Promise.all(
        files.map(async (file) => ({ id: basename(file, '.csv'), data: await digestOfLines(join(dataDir, file)) })),
      ),
    };
    return populationOf(hospitals, { test, inputShape: test.featureShape, classes: test.classes?.length ?? 1, inputs });
  },
};

async function readHospital(file: string, schema: TableSchemaInput, options: CsvOptionsInput, seed: number) {
  const id = basename(file, '.csv');
  const { dataset } = await readCsvDataset(file, schema, options);
  const { train, test } = splitTrainTest(dataset, { testFraction, random: new Random(seed).fork('split', id) });
  const standardizer = standardize(train);
  return { id, train: standardizer.apply(train), test: standardizer.apply(test) } satisfies Hospital;
}
