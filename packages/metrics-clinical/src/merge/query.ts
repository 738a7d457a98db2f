import {
  createLayout,
  createTensors,
  parseQueryPlan,
  tensorValues,
  weightedSum,
  type Aggregator,
  type PrivacyUnit,
  type Query,
  type QueryPlan,
  type QueryPlanInput,
  type Tensors,
} from '@fedward/core';
import {
  binOf,
  countsForm,
  countsOptionsOf,
  evaluationCountsName,
  type EvaluationCountsInput,
  type EvaluationCountsOptions,
} from './options.js';
import { assertScored, type ScoredRecords } from './records.js';

/**
 * Asks each site how many of its records have which predicted probability, by true class, and by the levels of groups where
 * it is asked for them. `mergedEvaluation` reads the sum over the sites. No score of a single record leaves a site, but
 * counts in fine bins tell nearly as much where records are few, so that they deserve secure aggregation.
 *
 * A record adds 1 to one bin, and to one more for each group of which its level is known: it moves the answer by
 * sqrt(1 + groups), a patient by as many times that as `mostRecordsPerPatient` says, and by nothing known without it. So
 * mechanisms for queries can price it. Whole numbers in float64.
 *
 * @throws {FedwardError} CONFIG_INVALID, naming the option
 */
export function evaluationCounts(options: EvaluationCountsInput = {}, path = 'query.options'): Query<ScoredRecords> {
  const checked = countsOptionsOf(options, path);
  const form = countsForm(checked);
  return {
    name: evaluationCountsName,
    form,
    sensitivity: (unit) => sensitivityOf(checked, unit),
    validateData: (data) => assertScored(data, checked),
    async answer({ data }) {
      const answer = createTensors(form);
      const counts = tensorValues(answer, 'counts');
      const byGroup = checked.groups.map(({ name }) => tensorValues(answer, `by ${name}`));
      for (const i of countedRows(data, checked.mostRecordsPerPatient)) {
        const cell = data.labels[i]! * checked.bins + binOf(data.scores[i]!, checked.bins);
        counts[cell]! += 1;
        byGroup.forEach((cells, g) => {
          const code = data.groups![g]!.codes[i]!;
          if (code !== 255) cells[code * 2 * checked.bins + cell]! += 1;
        });
      }
      return answer;
    },
  };
}

/** All of them, or of each patient the first ones. */
function* countedRows({ count, patientIds }: ScoredRecords, most: number | undefined): Generator<number> {
  const seen = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    if (most !== undefined && patientIds) {
      const before = seen.get(patientIds[i]!) ?? 0;
      if (before >= most) continue;
      seen.set(patientIds[i]!, before + 1);
    }
    yield i;
  }
}

function sensitivityOf(
  { groups, mostRecordsPerPatient }: EvaluationCountsOptions,
  unit: PrivacyUnit,
): number | undefined {
  const record = Math.sqrt(1 + groups.length);
  if (unit === 'record') return record;
  return unit === 'patient' && mostRecordsPerPatient !== undefined ? mostRecordsPerPatient * record : undefined;
}

/** Adds up what sites answer to `evaluation-counts`, in one round. Options: those of the query. */
export function sumOfCounts(
  options: EvaluationCountsInput = {},
  path = 'aggregator.options',
): Aggregator<Float64Array, Tensors> {
  const form = countsForm(countsOptionsOf(options, path));
  return {
    name: evaluationCountsName,
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
 * The plan of an evaluation that is merged from counts: one round, its frame by the caller.
 * @throws {FedwardError} CONFIG_INVALID, naming the key
 */
export function evaluationCountsPlan(
  options: EvaluationCountsInput,
  frame: Omit<QueryPlanInput, 'schemaVersion' | 'rounds' | 'aggregator' | 'query'>,
): QueryPlan {
  const work = { name: evaluationCountsName, options: { ...countsOptionsOf(options) } };
  return parseQueryPlan({ ...frame, schemaVersion: 1, rounds: 1, aggregator: work, query: work });
}
