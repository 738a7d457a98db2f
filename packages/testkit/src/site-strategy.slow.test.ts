import { trainAndSubtract } from '@fedward/core';
import { describe, it } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenSiteStrategies, referenceStrategy, suiteOf } from './broken/site-strategies/faults.js';
import { siteStrategyCompliance } from './site-strategy.js';

describe("the suite of the sites' halves of strategies", () => {
  expectFaultsSeen(suiteOf, referenceStrategy, brokenSiteStrategies);
  expectNoIdleCheck([suiteOf(referenceStrategy)], brokenSiteStrategies);
});

siteStrategyCompliance({ create: () => trainAndSubtract }).register({ describe, it });
