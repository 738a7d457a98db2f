import type { Update, Task } from '../interfaces/messages.js';
import type { Client } from '../interfaces/client.js';
import type { Query } from '../interfaces/query.js';
import type { Aggregator } from '../interfaces/aggregator.js';
import type { TrainingData } from '../interfaces/trainer.js';
import type { Federation } from '../server/federation.js';
import { weightedSum } from '../aggregation/weighted-sum.js';
import { inMemoryTransport } from '../memory/transport.js';
import { createLayout, createTensors, type Tensors, type TensorsForm } from '../parameters/parameters.js';
import { parseQueryPlan, planHash, type QueryPlan, type QueryPlanInput } from '../plan/plan.js';
import { simulatedRandomness } from '../random/randomness.js';
import type { SiteOptions } from '../site/options.js';
import { createSite } from '../site/site.js';
import { exampleData } from './fakes.js';

/** Number of records, the sum of their first features and of its squares. */
export const momentsForm: TensorsForm = {
  layout: createLayout([{ name: 'moments', shape: [3] }]),
  element: 'f64',
};

export const noTensors: Tensors = createTensors({ layout: createLayout([]), element: 'f64' });

export function exampleQueryPlan(changes: Partial<QueryPlanInput> = {}): QueryPlan {
  return parseQueryPlan({
    ...{ schemaVersion: 1, name: 'how many', seed: 42, rounds: 1 },
    ...{ aggregator: { name: 'sum' }, query: { name: 'moments' } },
    ...changes,
  });
}

export function momentsQuery(changes: Partial<Query<TrainingData>> = {}): Query<TrainingData> {
  return {
    name: 'moments',
    form: momentsForm,
    sensitivity: (unit) => (unit === 'record' ? 3 : undefined),
    async answer({ data: { count, features } }) {
      const first = Array.from({ length: count }, (_, i) => features[3 * i]!);
      const sum = (of: (x: number) => number): number => first.reduce((total, x) => total + of(x), 0);
      return {
        layout: momentsForm.layout,
        values: Float64Array.of(
          count,
          sum((x) => x),
          sum((x) => x * x),
        ),
      };
    },
    ...changes,
  };
}

export type SumState = { readonly sum: Float64Array };

/** The sum of what sites answer, in float64. */
export function sumAggregator(changes: Partial<Aggregator<SumState, Tensors>> = {}): Aggregator<SumState, Tensors> {
  return {
    name: 'sum',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    init: () => ({ sum: new Float64Array(momentsForm.layout.size) }),
    parameters: ({ sum }) => ({ layout: momentsForm.layout, values: sum }),
    instruct: () => ({ payload: noTensors, instructions: {}, expects: momentsForm }),
    reduce: () => weightedSum(momentsForm),
    apply: (_, { payload }) => ({ sum: payload }),
    ...changes,
  };
}

export function querySite(id: string, plan: QueryPlan, changes: Partial<SiteOptions> = {}): Client {
  return createSite({
    ...{ id, plan, data: exampleData(10), query: momentsQuery(), randomness: simulatedRandomness(42) },
    ...changes,
  });
}

/** Three hospitals of 10, 20 and 30 records whose features are 1, 2 and 3. */
export function querySites(plan: QueryPlan, changes: Partial<SiteOptions> = {}): Client[] {
  return [1, 2, 3].map((k) => querySite(`hospital-${k}`, plan, { data: exampleData(10 * k, k), ...changes }));
}

export function queryFederation(changes: Partial<Federation<SumState, Tensors>> = {}): Federation<SumState, Tensors> {
  const { plan = exampleQueryPlan(), mechanisms = [], transport } = changes;
  return {
    runId: 'run-1',
    plan,
    transport: transport ?? inMemoryTransport(querySites(plan as QueryPlan, { mechanisms })),
    aggregator: sumAggregator(),
    simulationOnly: true,
    now: () => '2024-01-01T00:00:00.000Z',
    ...changes,
  };
}

export function queryTask(plan: QueryPlan, changes: Partial<Task> = {}): Task {
  return {
    ...{ runId: 'run-1', round: 0, planHash: planHash(plan), cohort: ['a', 'hospital-1'] },
    ...{ payload: noTensors, instructions: {}, taken: null },
    ...changes,
  };
}

/** The numbers of an update. */
export const numbersOf = ({ payload }: Update): number[] => [...payload.values];
