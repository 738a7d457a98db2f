import { digestJson, FedwardError, Random } from '@fedward/core';
import {
  readCsvDataset,
  readCsvSchema,
  splitTrainTest,
  standardize,
  type CsvOptionsInput,
  type TableSchemaInput,
} from '@fedward/data-medical';
import { listCsvFolder, type HospitalFile } from './csv-folder.js';
import { digestOfLines } from './data-digest.js';
import { populationOf } from './population.js';
import type { Hospital, Population, Scenario } from './scenario.js';
import { sharedPatients } from './shared-patients.js';

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
    const { schemaFile, hospitals: files, notices } = await listCsvFolder(dataDir);
    const { schema, csv: options, written } = await readCsvSchema(schemaFile);
    const hospitals = await Promise.all(files.map((file) => readHospital(file, schema, options, seed)));
    const [first, ...others] = hospitals.map(({ test }) => test);
    const test = first!.concat(...others);
    const inputs = {
      schema: digestJson(written),
      split: { by: 'class', testFraction },
      preprocessing: { scale: "each hospital's own mean and deviation" },
      hospitals: await Promise.all(files.map(async ({ id, file }) => ({ id, data: await digestOfLines(file) }))),
    };
    const shared = sharedPatients(hospitals);
    return populationOf(hospitals, {
      test,
      inputShape: test.featureShape,
      classes: test.classes?.length ?? 1,
      inputs,
      notices: [...notices, ...copies(inputs.hospitals), ...(shared === undefined ? [] : [shared])],
    });
  },
};

/** Files with the same rows, such as a copy that was left in the folder: each of their patients is there twice. */
function copies(hospitals: NonNullable<Population['inputs']>['hospitals']): string[] {
  return hospitals.flatMap(({ id, data }, i) => {
    const first = hospitals.findIndex((other) => other.data === data);
    return first < i ? [`${hospitals[first]!.id} and ${id} have the same rows: is one a copy of the other?`] : [];
  });
}

async function readHospital(
  { id, file }: HospitalFile,
  schema: TableSchemaInput,
  options: CsvOptionsInput,
  seed: number,
) {
  const { dataset, rows } = await readCsvDataset(file, schema, options);
  const { train, test } = splitTrainTest(dataset, { testFraction, random: new Random(seed).fork('split', id) });
  const standardizer = standardize(train);
  return { id, rows, train: standardizer.apply(train), test: standardizer.apply(test) } satisfies Hospital;
}
