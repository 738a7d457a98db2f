import {
  addMean,
  composeAggregator,
  createParameters,
  createSite,
  FedwardError,
  inMemoryTransport,
  layoutOf,
  memoryAuditSink,
  parsePlan,
  runFederation,
  simulatedRandomness,
  weightedSum,
  type AccountantFactory,
  type Client,
  type TrainingPlanInput,
  type Update,
} from '@fedward/core';
import { referenceTrainer } from '@fedward/testkit/reference';
import { secureAggregation } from '../mechanism.js';
import type { SecureAggregationOptions } from '../options.js';

/** Five sites. */
export const ids = ['a', 'b', 'c', 'd', 'e'];
const aggregator = () =>
  composeAggregator({
    ...{
      name: 'mean',
      reduce: weightedSum,
      requires: [],
      provides: ['sum-only', 'bounded-sensitivity', 'plain-changes'],
    },
    optimizer: addMean,
  });

/** Whatever is spent costs 1: what an event costs is for others to test. */
const accountant: AccountantFactory = (adjacency) => ({
  ...{ name: 'any', adjacency, composed: { type: 'none' } },
  ...{ unpriced: () => undefined, compose: () => undefined, preview: () => 1, epsilon: () => 1 },
});

export interface Setting {
  /** Of what the noise is, where there is any. */
  readonly unit?: 'record' | 'hospital';
  /** Null: without. */
  readonly options?: SecureAggregationOptions | null;
  readonly instead?: Readonly<Record<string, () => Promise<never>>>;
  readonly changes?: Partial<TrainingPlanInput>;
}

/** A federation of five sites, each with a few records. */
export async function run({ options = { identities: 'simulated' }, instead = {}, changes = {}, unit }: Setting = {}) {
  const mechanism = { name: 'secagg', options };
  const privacy = { mechanisms: [mechanism], ...(unit && { unit, accountant: 'any', delta: 1e-5 }) };
  const plan = parsePlan({
    ...{ schemaVersion: 1, name: 'secure', seed: 3, rounds: 3, quorum: 3 },
    model: { inputShape: [2], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
    aggregator: { name: 'mean' },
    training: {
      trainer: 'reference',
      batches: { kind: 'shuffle', size: 100, epochs: 3 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    ...(options && { privacy }),
    ...changes,
  } as TrainingPlanInput);
  const mechanisms = options ? [secureAggregation(options)] : [];
  const seen: Update[] = [];
  const audit = memoryAuditSink();
  const sites = ids.map((id, k): Client => {
    const count = 4 + k;
    const data = {
      ...{ count, featureShape: [2] },
      features: Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i + k)),
      labels: Float32Array.from({ length: count }, (_, i) => Math.cos(i * k)),
    };
    const randomness = simulatedRandomness(plan.seed);
    const site = createSite({ id, plan, data, trainer: referenceTrainer(), mechanisms, audit, sharesLog: true, randomness }); // prettier-ignore
    const answer: Client['answer'] = async (task, signal) => {
      if (instead[id]) return instead[id]();
      const update = await site.answer(task, signal);
      seen.push(update);
      return update;
    };
    return { ...site, answer };
  });
  const result = await runFederation({
    ...{ runId: 'run-1', plan, transport: inMemoryTransport(sites), aggregator: aggregator(), mechanisms, audit },
    ...{ initial: createParameters(layoutOf(plan.model)), simulationOnly: true, ...(unit && { accountant }) },
  });
  return { ...result, seen, events: audit.events };
}

/** The largest difference between two models. */
export const farthest = (a: { model: { values: Float32Array } }, b: { model: { values: Float32Array } }): number =>
  Math.max(...a.model.values.map((x, i) => Math.abs(x - b.model.values[i]!)));
export const failing = () => Promise.reject(new FedwardError('CLIENT_FAILED', 'down'));
