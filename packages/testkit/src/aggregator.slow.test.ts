import type { Aggregator } from '@fedward/core';
import { describe } from 'vitest';
import { brokenAggregators, suiteOf } from './broken/aggregators/all.js';
import { referenceAggregator } from './broken/aggregators/reference.js';
import { expectFaultsSeen } from './broken/expect.js';

describe('the suite of aggregators, all checks of each fault', () => {
  expectFaultsSeen(suiteOf, referenceAggregator as () => Aggregator, brokenAggregators);
});
