import { digestJson, FedwardError, isFedwardError, sha256, type PrivacyUnit } from '@fedward/core';
import {
  isTrainedOn,
  prepareRecords,
  readCsvRecords,
  readCsvSchema,
  type CsvOptionsInput,
  type MedicalDataset,
  type Preparation,
} from '@fedward/data-medical';
import { declaredScalings, droppedOf, undeclaredColumns, type TableSchema } from '@fedward/kit-tables';
import { rowsText } from '../report/rows-text.js';
import { assertScales } from './assert-scales.js';
import { listCsvFolder, type HospitalFile } from './csv-folder.js';
import { digestTable } from './data-digest.js';
import { populationOf } from './population.js';
import type { Hospital, Intake, LoadOptions, Population, Scenario } from './scenario.js';
import { noticesOfIds } from './shared-patients.js';
import { splitKeyOf } from './split-key.js';

const testFraction = 0.34;

/** The caller's own data: a folder with `schema.json` and one CSV file a hospital. */
export const csv: Scenario = {
  name: 'csv',
  description: 'your own data: a folder with schema.json and one CSV file a hospital',
  needsData: true,
  privacy: null,
  defaults: (needs) => ({
    model: 'logistic',
    rounds: 30,
    batches:
      needs?.batches === 'poisson'
        ? { kind: 'poisson', probability: 0.1, steps: 10, expectedSize: 16 }
        : { kind: 'shuffle', size: 16, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.05 },
    clipNorm: 1,
    noiseMultiplier: 2,
    delta: 1e-5,
  }),
  async load(options) {
    const { dataDir, priced } = options;
    if (!dataDir) throw new FedwardError('FILE_NOT_FOUND', '--data: name the folder of the CSV files', '--data');
    const { schemaFile, hospitals: files, notices } = await listCsvFolder(dataDir);
    const { schema, csv: format, written } = await readCsvSchema(schemaFile);
    assertScales(schema, priced, schemaFile);
    const read: CsvHospital[] = [];
    const digests: { id: string; data: string; file: string }[] = [];
    // One after the other, so that no two are in memory as they were read.
    for (const file of files) {
      read.push(await readHospital(file, schema, format, options));
      digests.push({ id: file.id, ...(await digestTable(file.file)) });
    }
    const { test, hospitals } = withPooledTest(read);
    const inputs = {
      schema: digestJson(written),
      split: splitOf(schema, options),
      preprocessing: { scale: 'schema', byOwnMeanAndDeviation: undeclaredColumns(schema) },
      hospitals: digests,
    };
    const intake: Intake = {
      scalings: declaredScalings(schema),
      isTrainedOn: (id, record) => isTrainedOn(record, schema, preparationOf(options, id)),
      join: (joining) => csv.load({ ...options, joining }),
    };
    return populationOf(hospitals, {
      test,
      inputShape: test.featureShape,
      classes: test.classes?.length ?? 1,
      inputs,
      intake,
      ...(priced !== undefined && priced !== 'hospital' && { assumptions: assumptionsOf(schema, priced) }),
      notices: [...notices, ...copies(inputs.hospitals), ...noticesOfIds(hospitals)],
    });
  },
};

/** A schema is written by people who have the data before them: that they did not look is theirs to say. */
function assumptionsOf({ split }: TableSchema, unit: PrivacyUnit): string[] {
  return [
    'ranges, scales, levels and classes in the schema were declared without a look at these data',
    ...(split
      ? [
          `column ${split.column} parts each ${unit} by itself: a split that has a say in numbers or shares of classes ` +
            `hangs on every ${unit}, and nothing pays for it`,
        ]
      : []),
  ];
}

/** Files with the same rows, such as a copy that was left in the folder: each of their patients is there twice. */
function copies(hospitals: NonNullable<Population['inputs']>['hospitals']): string[] {
  return hospitals.flatMap(({ id, data }, i) => {
    const first = hospitals.findIndex((other) => other.data === data);
    return first < i ? [`${hospitals[first]!.id} and ${id} have the same rows: is one a copy of the other?`] : [];
  });
}

/** How patients are parted, as the run's inputs have it. Of a secret the digest: another secret is another split. */
function splitOf({ split }: TableSchema, { splitSecret }: LoadOptions) {
  if (split) return { by: 'column', column: split.column, test: split.test };
  return { by: 'patient', testFraction, ...(splitSecret && { secret: `sha256:${sha256(splitSecret)}` }) };
}

type CsvHospital = Awaited<ReturnType<typeof readHospital>>;

/** The test parts in one, and the hospitals with their places in it: none of it is in memory twice. */
function withPooledTest(read: readonly CsvHospital[]): { test: MedicalDataset; hospitals: CsvHospital[] } {
  const [first, ...others] = read.map(({ test }) => test);
  const pooled = first!.concat(...others);
  let end = 0;
  const hospitals = read.map(({ test, ...hospital }) => {
    const start = end;
    end += test.count;
    return { ...hospital, test: pooled.slice(start, end, test.name) };
  });
  return { test: pooled, hospitals };
}

async function readHospital(
  { id, file }: HospitalFile,
  schema: TableSchema,
  format: CsvOptionsInput,
  options: LoadOptions,
) {
  const { records, rows } = await readCsvRecords(file, schema, format);
  records.join(options.joining?.get(id));
  try {
    return { id, rows, ...prepareRecords(records, preparationOf(options, id)) } satisfies Hospital;
  } catch (cause) {
    if (!isFedwardError(cause) || cause.code !== 'CONFIG_INCOMPATIBLE' || droppedOf(rows) === 0) throw cause;
    // Too few patients for two parts: most often since their rows lack a value.
    throw new FedwardError(cause.code, `${cause.message}. Of this file: ${rowsText(rows)}`, cause.subject, { cause });
  }
}

function preparationOf(options: LoadOptions, id: string): Preparation {
  return { split: { testFraction, key: splitKeyOf(options, id) } };
}
