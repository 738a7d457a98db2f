import type { Aggregator } from '@fedward/core';
import { describe } from 'vitest';
import { aggregatorCompliance } from './aggregator.js';
import { brokenReductions } from './broken/aggregators/reduction.js';
import { referenceAggregator } from './broken/aggregators/reference.js';
import { brokenRefusals } from './broken/aggregators/refusal.js';
import { brokenStates } from './broken/aggregators/state.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';

describe('the suite of aggregators', () => {
  const suiteOf = (create: () => Aggregator) => aggregatorCompliance({ create, mean: true });
  const faults = { ...brokenReductions, ...brokenRefusals, ...brokenStates };
  expectFaultsSeen(suiteOf, referenceAggregator as () => Aggregator, faults);
  expectNoIdleCheck([suiteOf(referenceAggregator as () => Aggregator)], faults);
});
