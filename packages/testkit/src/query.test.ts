import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenQueries, referenceQuery, suiteOf } from './broken/queries/faults.js';

describe('the suite of queries', () => {
  expectFaultsSeen(suiteOf, referenceQuery, brokenQueries);
  expectNoIdleCheck([suiteOf(referenceQuery)], brokenQueries);
});
