import { describe } from 'vitest';
import { brokenClientStores, referenceClientStore } from './broken/client-stores/faults.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { clientStoreCompliance } from './client-store.js';

describe("the suite of stores of clients' states", () => {
  const suiteOf = (create: typeof referenceClientStore) => clientStoreCompliance({ create: create() });
  expectFaultsSeen(suiteOf, referenceClientStore, brokenClientStores);
  expectNoIdleCheck([suiteOf(referenceClientStore)], brokenClientStores);
});
