import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenSiteLedgers, referenceLedger } from './broken/site-ledgers/faults.js';
import { siteLedgerCompliance } from './site-ledger.js';

describe('the suite of ledgers of sites', () => {
  const suiteOf = (create: typeof referenceLedger) => siteLedgerCompliance({ create: create(), knowsUnits: true });
  expectFaultsSeen(suiteOf, referenceLedger, brokenSiteLedgers);
  expectNoIdleCheck([suiteOf(referenceLedger)], brokenSiteLedgers);
});
