import { parsePlan, parseQueryPlan, type Aggregator } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { describe, it } from 'vitest';
import * as robust from './index.js';

const query = parseQueryPlan({
  ...{ schemaVersion: 1, name: 'a query', seed: 1, rounds: 1 },
  ...{ aggregator: { name: 'median' }, query: { name: 'counts' } },
});
const fewAsked = parsePlan({
  ...{ schemaVersion: 1, name: 'four are asked', seed: 1, rounds: 1, cohort: { select: 'uniform', size: 4 } },
  model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'none',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
  aggregator: { name: 'krum' },
});

/* eslint-disable @typescript-eslint/no-explicit-any -- what each keeps is its own business */
const rules: readonly [() => Aggregator<any>, minimumCohort?: number][] = [
  [() => robust.median()],
  [() => robust.trimmedMean(), 3],
  [() => robust.krum(), 5],
  [() => robust.multiKrum(), 5],
  [() => robust.bulyan({ byzantine: 0 }), 3],
  [() => robust.geometricMedian()],
  [() => robust.geometricMedian({ byRecords: true })],
  [() => robust.centeredClipping()],
  [() => robust.centeredClipping({ clipNorm: 0.5, iterations: 2, centre: 'median' })],
  [() => robust.normBounding()],
  [() => robust.normBounding({ clipNorm: 2, byRecords: true })],
];
for (const [create, minimumCohort = 1] of rules) {
  const rejects = minimumCohort > 4 ? [query, fewAsked] : [query];
  aggregatorCompliance({ create, minimumCohort, rejects }).register({ describe, it });
}

// Of honest sites the size-aware sum is the one by weight: nothing is left to clip or to cap.
const wide = { clipNorm: 1e6, mostRecords: 1_000_000, mostShare: 1 };
aggregatorCompliance({ create: () => robust.sizeAware(wide), rejects: [query], proportional: false }).register({
  describe,
  it,
});
siteStrategyCompliance({
  create: () => robust.sizeAwareSite(wide),
  aggregator: () => robust.sizeAware(wide),
  readsRecords: true,
}).register({ describe, it });
siteStrategyCompliance({
  create: () => robust.sizeAwareSite(),
  aggregator: () => robust.sizeAware(),
}).register({ describe, it });
