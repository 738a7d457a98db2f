import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { siteLedgerCompliance, type SiteLedgerTerms, type SiteLedgerTrial } from '@fedward/testkit/site-ledger';
import { describe, it } from 'vitest';
import type { Signer } from '@fedward/kit-keys';
import { openLedger, readLedger } from './index.js';
import { signerOfTest } from './testing/ledgers.js';

async function trialIn(directory: string, terms: SiteLedgerTerms, signer?: Signer): Promise<SiteLedgerTrial> {
  return {
    ledger: await openLedger(directory, { ...terms, dataSet: 'ward-7', signer }),
    releases: async () => (await readLedger(directory)).releases,
    reopen: async () => trialIn(directory, terms, signer),
    cleanup: () => rm(directory, { recursive: true, force: true }),
  };
}

describe.each([
  ['without signatures', undefined],
  ['signed', signerOfTest()],
])('%s', (_kind, signer) => {
  siteLedgerCompliance({
    create: async (terms) => trialIn(join(await mkdtemp(join(tmpdir(), 'ledger-')), 'ward-7'), terms, signer),
    knowsUnits: true,
  }).register({ describe, it });
});
