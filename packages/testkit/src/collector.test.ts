import { everyone, type Collector } from '@fedward/core';
import { describe } from 'vitest';
import { brokenCollectors, brokenWaiting, referenceCollector } from './broken/collectors/faults.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { collectorCompliance } from './collector.js';

const suiteOf = (create: () => Collector) => collectorCompliance({ create });

describe('the suite of collectors, for one that ends rounds early', () => {
  expectFaultsSeen(suiteOf, referenceCollector, brokenCollectors);
});

describe('the suite of collectors, for one that waits for everyone', () => {
  expectFaultsSeen(suiteOf, () => everyone, brokenWaiting);
  expectNoIdleCheck([suiteOf(referenceCollector), suiteOf(() => everyone)], { ...brokenCollectors, ...brokenWaiting });
});
