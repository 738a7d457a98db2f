import { parsePlan, parseQueryPlan } from '@fedward/core';
import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { siteStrategyCompliance } from '@fedward/testkit/site-strategy';
import { describe, expect, it } from 'vitest';
import { scaffold, scaffoldSite } from './index.js';

const frame = { schemaVersion: 1, name: 'refused', seed: 1, rounds: 3, aggregator: { name: 'scaffold' } } as const;
const training = (optimizer: 'momentum' | 'adam') =>
  parsePlan({
    ...frame,
    model: { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'compliance',
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: optimizer, learningRate: 0.1 },
    },
  });
const others = [training('momentum'), training('adam')];
const query = parseQueryPlan({ ...frame, query: { name: 'counts' } });

aggregatorCompliance({ create: () => scaffold(), rejects: [...others, query] }).register({ describe, it });
aggregatorCompliance({ create: () => scaffold({ learningRate: 0.5 }) }).register({ describe, it });

for (const weighting of ['records', 'uniform'] as const)
  siteStrategyCompliance({
    ...{ create: () => scaffoldSite({ weighting }), aggregator: () => scaffold({ weighting }), rejects: others },
  }).register({ describe, it });

// Option I trains a second time for its gradient, which is for plans without a price of gradients.
siteStrategyCompliance({
  ...{ create: () => scaffoldSite({ option: 'I' }), aggregator: () => scaffold({ option: 'I' }), rejects: others },
  readsRecords: true,
}).register({ describe, it });

describe('a choice by size', () => {
  // Sums of control variates by corrected weights are not those of the sites, and the corrections would not cancel.
  it('is refused', () => expect(scaffold().requires).toContain('told-weights'));
});
