import {
  createLayout,
  createTensors,
  FedwardError,
  parseQueryPlan,
  parseWith,
  weightedSum,
  type Aggregator,
  type Query,
  type QueryPlan,
  type QueryPlanInput,
  type Tensors,
} from '@fedward/core';
import * as z from 'zod';
import { variableStarts } from './columns.js';
import { stepFits } from './model.js';
import { formOf, imputationSumsOptions, sensitivityOf, type ImputationSumsOptions } from './question.js';
import { assertSameColumns, type ImputationRecords } from './records.js';
import { sumsOf } from './sums.js';

/** By which plans name the query and the aggregator of its sums. */
export const imputationSumsName = 'imputation-sums';

/**
 * One question of an imputation that is fitted over a federation: sums over the training records of a site (see
 * `imputationRecords`), in float64.
 *
 * How far one record moves them is known of bounded means, of levels and of bins (see `sensitivityOf`), which mechanisms
 * can therefore price; of all else a site refuses to answer under one, and of everything where the unit is a patient or a
 * hospital.
 *
 * @throws {FedwardError} CONFIG_INVALID, naming the option
 */
export function imputationSums(
  options: z.input<typeof imputationSumsOptions>,
  path = 'query.options',
): Query<ImputationRecords> {
  const checked = checkedOptions(options, path);
  return {
    name: imputationSumsName,
    form: formOf(checked),
    sensitivity: (unit) => sensitivityOf(checked.question, unit),
    validateData(data) {
      if (!Array.isArray(data.columns) || !(data.values instanceof Float64Array))
        throw new FedwardError('DATA_MALFORMED', 'these are no records of `imputationRecords`', 'data');
      if (data.values.length !== data.count * data.columns.length)
        throw new FedwardError('DATA_MALFORMED', `${data.values.length} values are no ${data.count} records`, 'data');
      assertSameColumns(data.columns, checked.columns, 'the question');
    },
    answer: async ({ data }) => sumsOf(checked, data),
  };
}

/** Adds up what sites answer to `imputation-sums`, in one round. Options: those of the query. */
export function sumOfAnswers(
  options: z.input<typeof imputationSumsOptions>,
  path = 'aggregator.options',
): Aggregator<Float64Array, Tensors> {
  const form = formOf(checkedOptions(options, path));
  return {
    name: imputationSumsName,
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    init: () => new Float64Array(form.layout.size),
    parameters: (sums) => ({ layout: form.layout, values: sums.slice() }),
    instruct: () => ({
      payload: createTensors({ layout: createLayout([]), element: 'f64' }),
      ...{ instructions: {}, expects: form },
    }),
    reduce: () => weightedSum(form),
    apply: (_, { payload }) => payload.slice(),
  };
}

/**
 * The plan of one question: a round of sums, its frame by the caller.
 * @throws {FedwardError} CONFIG_INVALID, naming the key
 */
export function imputationPlan(
  options: ImputationSumsOptions,
  frame: Omit<QueryPlanInput, 'schemaVersion' | 'rounds' | 'aggregator' | 'query'>,
): QueryPlan {
  const work = { name: imputationSumsName, options: { ...options } };
  return parseQueryPlan({ ...frame, schemaVersion: 1, rounds: 1, aggregator: work, query: work });
}

/** With what a form can be made of. */
function checkedOptions(options: unknown, path: string): ImputationSumsOptions {
  const checked = parseWith(z.object({ [path]: imputationSumsOptions }), { [path]: options }, imputationSumsName)[
    path
  ] as ImputationSumsOptions;
  const { columns, question } = checked;
  const asked = 'of' in question ? question.of : question.ask === 'products' ? [question.column] : [];
  const fits = (i: number): boolean => {
    const column = columns[i];
    if (!column) return false;
    if (question.ask === 'levels') return 'levels' in column;
    const needsBounds = question.ask === 'bins' || (question.ask === 'means' && question.bounded);
    return !needsBounds || 'levels' in column || column.bounds !== undefined;
  };
  const wrong = asked.find((i) => !fits(i));
  if (wrong !== undefined)
    throw new FedwardError(
      'CONFIG_INVALID',
      `${path}: column ${columns[wrong]?.name ?? wrong} can't be asked for ${question.ask}: there is none, or it has no ` +
        'levels, or no bounds',
      `${path}.question`,
    );
  assertChainFits(checked, path);
  return checked;
}

function assertChainFits({ columns, question }: ImputationSumsOptions, path: string): void {
  const starts = variableStarts(columns);
  const width = starts.at(-1)!;
  const fits = (): boolean => {
    if (question.ask === 'spreads') return question.centers.length === width;
    if (question.ask === 'bins') return question.intervals.length === question.of.length;
    if (question.ask !== 'products') return true;
    const { centers, spreads, start, steps } = question.chain;
    return (
      [centers, spreads, start].every((own) => own.length === width) && steps.every((step) => stepFits(step, starts))
    );
  };
  if (!fits())
    throw new FedwardError(
      'CONFIG_INVALID',
      `${path}: the numbers of the question are not as many as the columns have`,
      `${path}.question`,
    );
}
