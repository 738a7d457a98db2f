import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  createSite,
  inMemoryTransport,
  parsePlan,
  Random,
  runFederation,
  simulatedRandomness,
  type TrainingData,
} from '@fedward/core';
import {
  fitImputationFederated,
  heartDiseaseAllSchema,
  heartDiseaseSchema,
  imputationPlan,
  imputationRecords,
  imputationSums,
  imputerOf,
  medicalDatasets,
  readCsvRecords,
  sumOfAnswers,
  type ImputationModel,
  type ImputationRecords,
  type MedicalDataset,
  type TableSchema,
} from '@fedward/data-medical';
import { EncodedTable, imputeTable } from '@fedward/kit-tables';
import { initialParameters, logisticRegression } from '@fedward/models-medical';
import { wasmTrainer } from '@fedward/trainer-wasm';

const ids = ['cleveland', 'hungarian', 'switzerland', 'va'];
const header = [
  ...['age', 'sex', 'cp', 'trestbps', 'chol', 'fbs', 'restecg', 'thalach', 'exang'],
  ...['oldpeak', 'slope', 'ca', 'thal', 'num'],
];

/** One hospital's three parts: what is learned from, what a choice is scored on, and what nobody looks at until the end. */
export interface Parts {
  readonly id: string;
  readonly train: MedicalDataset;
  readonly held: MedicalDataset | undefined;
  readonly test: MedicalDataset;
}

/** Of cross-validation: which of the folds of the training part is held out, of how many, by which shuffle. */
export interface Fold {
  readonly held: number;
  readonly of: number;
  readonly shuffle: number;
}

/** The sums of sites, over a federation in memory: a plan and a round a question. */
export function asking(sites: readonly ImputationRecords[]) {
  let asked = 0;
  return async (options: Parameters<typeof imputationSums>[0] & Parameters<typeof imputationPlan>[0]) => {
    const plan = imputationPlan(options, { name: 'what is missing', seed: 1 });
    const clients = sites.map((data, i) =>
      createSite({ id: ids[i]!, plan, data, query: imputationSums(options), randomness: simulatedRandomness(1) }),
    );
    const { model } = await runFederation({
      ...{ runId: `imputation-${asked++}`, plan, transport: inMemoryTransport(clients) },
      aggregator: sumOfAnswers(options),
    });
    return model.values;
  };
}

/** The published split, by hospital and line: only these rows are tested on. */
async function testLines(dataDir: string): Promise<ReadonlySet<number>[]> {
  const lines = ids.map(() => new Set<number>());
  const text = await readFile(join(dataDir, 'heart-disease', 'flamby_split.csv'), 'utf8');
  for (const row of text.trim().split('\n').slice(1)) {
    const [centre, line, set] = row.trim().split(',');
    if (set === 'test') lines[Number(centre)]!.add(Number(line) + 1);
  }
  return lines;
}

/**
 * The four hospitals under a schema, what is missing learned over the federation from the training parts alone, without
 * what is held out.
 */
export async function hospitalsOf(dataDir: string, schema: TableSchema, fold?: Fold): Promise<Parts[]> {
  const lines = await testLines(dataDir);
  const tables = await Promise.all(
    ids.map(async (id, i) => {
      const file = join(dataDir, 'heart-disease', `processed.${id}.data`);
      const { records } = await readCsvRecords(file, schema, { header, delimiter: ',', missing: ['?'] });
      const random = new Random('folds').fork(fold?.shuffle ?? 0, id);
      const draws = records.lines.map(() => random.uniform());
      const part = records.lines.map((line, row) => {
        if (lines[i]!.has(line)) return 2;
        return fold && Math.floor(draws[row]! * fold.of) === fold.held ? 1 : 0;
      });
      return { id, records, part };
    }),
  );
  const learns = schema.columns.some(({ missing }) => typeof missing === 'object' && 'impute' in missing);
  let model: ImputationModel | undefined;
  if (learns) {
    const parts = tables.map(
      ({ records, part }) =>
      imputationRecords(records, [...part.keys()].filter((row) => part[row] === 0)), // prettier-ignore
    );
    model = await fitImputationFederated(schema, asking(parts));
  }
  return tables.map(({ id, records, part }) => {
    const table = model ? imputeTable(records, imputerOf(model, schema)).table : records;
    const names = [{ name: 'train' }, { name: 'held' }, { name: 'test' }] as const;
    const [train, held, test] = medicalDatasets(new EncodedTable(table), names, (row) => part[row]!);
    return { id, train, held: fold && held, test };
  });
}

/** 920 rows, with indicators where a column's name is listed. */
export function allRows(indicators: readonly string[], ridge: number): TableSchema {
  const columns = heartDiseaseAllSchema.columns.map((column) =>
    typeof column.missing === 'object' && 'impute' in column.missing
      ? ({ ...column, missing: { ...column.missing, indicator: indicators.includes(column.name) } } as typeof column)
      : column,
  );
  return { ...heartDiseaseAllSchema, columns, imputation: { ...heartDiseaseAllSchema.imputation!, ridge } };
}

/** 740 rows that lack nothing in ten columns. */
export const completeRows: TableSchema = heartDiseaseSchema;

/** How a logistic regression is trained by federated averaging. */
export interface Training {
  readonly rounds: number;
  readonly rate: number;
  readonly seed: number;
}

/** After each round the accuracy at each hospital, on one of its parts. */
export async function accuracies(
  hospitals: readonly Parts[],
  part: 'held' | 'test',
  { rounds, rate, seed }: Training,
): Promise<number[][]> {
  const width = hospitals[0]!.train.featureShape[0]!;
  const plan = parsePlan({
    ...{ schemaVersion: 1, name: 'heart disease', seed, rounds, aggregator: { name: 'fedavg' } },
    model: logisticRegression({ inputSize: width }),
    training: {
      trainer: 'wasm',
      batches: { kind: 'shuffle', size: 16, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: rate },
    },
  });
  const trainer = wasmTrainer();
  const sites = hospitals.map(({ id, train }) =>
    createSite({ id, plan, trainer, data: train, randomness: simulatedRandomness(seed) }),
  );
  const by: number[][] = [];
  await runFederation({
    ...{ runId: 'heart-disease', plan, transport: inMemoryTransport(sites), aggregator: fedAvg() },
    initial: initialParameters(plan.model, new Random(seed).fork('model')),
    evaluate: async (model) => {
      const scores: number[] = [];
      for (const hospital of hospitals) {
        const data = hospital[part]!;
        scores.push(accuracyOf(await trainer.predict(plan.model, model, data), data));
      }
      by.push(scores);
      return {};
    },
  });
  return by;
}

/** Two outputs a record: the class is the larger one. */
function accuracyOf(outputs: Float32Array, { labels, count }: TrainingData): number {
  let right = 0;
  for (let i = 0; i < count; i++) if (Number(outputs[2 * i + 1]! > outputs[2 * i]!) === labels[i]) right++;
  return right / count;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
