import type { Aggregator } from '@fedward/core';
import { describe } from 'vitest';
import {
  brokenAggregators,
  brokenLeavingOut,
  referenceLeavingOut,
  robustSuiteOf,
  suiteOf,
} from './broken/aggregators/all.js';
import { referenceAggregator } from './broken/aggregators/reference.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';

const reference = referenceAggregator as () => Aggregator;
const leavingOut = referenceLeavingOut as () => Aggregator;

describe('the suite of aggregators', () => {
  expectFaultsSeen(suiteOf, reference, brokenAggregators, 'named');
  expectNoIdleCheck([suiteOf(reference), robustSuiteOf(leavingOut)], { ...brokenAggregators, ...brokenLeavingOut });
});

describe('the suite of aggregators, for one that leaves updates out', () => {
  expectFaultsSeen(robustSuiteOf, leavingOut, brokenLeavingOut);
});
