import { imputationOf, type ImputationSettings, type Imputer, type Table, type TableSchema } from '@fedward/kit-tables';
import { FedwardError } from '@fedward/core';
import { ChainedRecords } from './chain.js';
import { imputedColumns, variablesOf, type ImputedColumn } from './columns.js';
import { medianOf, modeOf, nothingIn } from './constants.js';
import { imputerOf } from './imputer.js';
import { assertFromSums, learnFromSums, spreadsFrom, type Learned } from './learn.js';
import type { ImputationModel, Nearest } from './model.js';
import type { ImputationSumsOptions, Question } from './question.js';
import { imputationRecords, type ImputationRecords } from './records.js';
import { sumsOf } from './sums.js';

/** The methods that a schema names, learned from rows of one table: `imputerOf` fills in by it. Same rows, same bits. */
export function fitImputation(
  table: Table,
  rows: readonly number[],
  schema: TableSchema = table.schema,
): ImputationModel {
  const records = imputationRecords(table, rows);
  return fitRecords(records, imputationOf(schema));
}

/**
 * As `fitImputation`, of records at hand; of several hospitals' together it is the pooled fit.
 *
 * @param settings see a schema's `imputation`
 * @throws {FedwardError} DATA_EMPTY, naming the column, where no record has a value of one that is to be learned
 */
export function fitRecords(records: ImputationRecords, settings: ImputationSettings): ImputationModel {
  const { columns } = records;
  const known = { median: (i: number) => medianOf(records, i), mode: (i: number) => modeOf(records, i) };
  const asking = learnFromSums({ columns, settings, known });
  const answer = answering(records);
  let next = asking.next();
  while (!next.done) next = asking.next(answer(next.value));
  return { ...modelOf('site', columns, next.value), nearest: nearestOf(records, settings) };
}

/** By which a schema's methods are learned from the training part, as `prepareRecords` takes it. */
export function fittedImputer(table: Table, rows: readonly number[]): Imputer {
  return imputerOf(fitImputation(table, rows), table.schema);
}

/** Of `fitImputationFederated`. */
export interface FederatedFitOptions {
  /** The sums are to have a price: means of values cut to their column's bounds, medians and modes alone. */
  readonly priced?: boolean;
}

/**
 * The methods that a schema names, learned from the sums of all hospitals: one question after another, each answered by
 * their sums over all records (`imputationSums`). Means, levels and regressions are those of the pooled records, but for the
 * order of additions; medians are known to 3e-8 of their column's bounds. How many questions: 1 where there are means or
 * regressions, 2 more for regressions in units of deviations, 4 for medians, 1 for modes, and one for each column and
 * iteration of a regression.
 *
 * @param ask asks all hospitals, such as by a round of `runFederation`, and gives the sums
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the column, before anybody is asked, for what is no sum (`knn`, the
 *   mode of numbers), a median without bounds, and under a price what nothing bounds; DATA_EMPTY for a column without values
 */
export async function fitImputationFederated(
  schema: TableSchema,
  ask: (options: ImputationSumsOptions) => Promise<ArrayLike<number>>,
  { priced = false }: FederatedFitOptions = {},
): Promise<ImputationModel> {
  const columns = imputedColumns(schema);
  assertFromSums(columns, priced);
  const asking = learnFromSums({ columns, settings: imputationOf(schema), bounded: priced });
  let next = asking.next();
  while (!next.done)
    next = asking.next(checked(await ask({ columns: [...columns], question: next.value }), next.value));
  return { ...modelOf('federation', columns, next.value), nearest: null };
}

function checked(answer: ArrayLike<number>, { ask }: Question): Float64Array {
  const sums = Float64Array.from(answer);
  for (let i = 0; i < sums.length; i++)
    if (!Number.isFinite(sums[i]))
      throw new FedwardError('UPDATE_NOT_FINITE', `the sums of "${ask}" are not finite`, ask);
  return sums;
}

function modelOf(fitted: ImputationModel['fitted'], columns: readonly ImputedColumn[], { constants, ridge }: Learned) {
  return { ...({ schemaVersion: 1 } as const), fitted, columns: [...columns], constants, ridge };
}

/** Answers of the same records one after another: what a chain has filled in until now is not filled in anew. */
function answering(records: ImputationRecords): (question: Question) => Float64Array {
  let chained: ChainedRecords | undefined;
  const columns = [...records.columns];
  return (question) => {
    if (question.ask !== 'products') return sumsOf({ columns, question }, records).values;
    chained ??= new ChainedRecords(columns, records.values, question.chain);
    return sumsOf({ columns, question }, records, chained).values;
  };
}

function nearestOf(records: ImputationRecords, { neighbours, weights, units }: ImputationSettings): Nearest | null {
  const { columns, count, values } = records;
  if (!columns.some(({ method }) => method === 'knn')) return null;
  const all = columns.map((_, i) => i);
  const { values: answer } = sumsOf(
    { columns: [...columns], question: { ask: 'means', of: all, bounded: false } },
    records,
  );
  const counts = columns.flatMap((column, i) => Array<number>(variablesOf(column)).fill(answer[i]!));
  const centers = counts.map((n, j) => (n > 0 ? answer[columns.length + j]! / n : 0));
  const squares = sumsOf({ columns: [...columns], question: { ask: 'spreads', centers } }, records).values;
  const spreads = units === 'deviations' ? spreadsFrom(squares, counts, centers) : centers.map(() => 1);
  const means = columns.map((column, i) => {
    if (column.method !== 'knn') return null;
    if (!(answer[i]! > 0)) throw nothingIn(column);
    if ('levels' in column) return modeOf(records, i);
    return (
      answer[columns.length + columns.slice(0, i).reduce((sum, other) => sum + variablesOf(other), 0)]! / answer[i]!
    );
  });
  const width = columns.length;
  return {
    ...{ neighbours, weights, spreads, means },
    records: Array.from({ length: count }, (_, row) =>
      Array.from(values.subarray(row * width, (row + 1) * width), (x) => (Number.isNaN(x) ? null : x)),
    ),
  };
}
