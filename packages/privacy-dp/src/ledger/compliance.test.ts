import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { siteLedgerCompliance, type SiteLedgerTerms, type SiteLedgerTrial } from '@fedward/testkit/site-ledger';
import { describe, it } from 'vitest';
import { openLedger, readLedger } from './index.js';

async function trialIn(directory: string, terms: SiteLedgerTerms): Promise<SiteLedgerTrial> {
  return {
    ledger: await openLedger(directory, { ...terms, dataSet: 'ward-7' }),
    releases: async () => (await readLedger(directory)).releases,
    reopen: async () => trialIn(directory, terms),
    cleanup: () => rm(directory, { recursive: true, force: true }),
  };
}

siteLedgerCompliance({
  create: async (terms) => trialIn(join(await mkdtemp(join(tmpdir(), 'ledger-')), 'ward-7'), terms),
  knowsUnits: true,
}).register({ describe, it });
