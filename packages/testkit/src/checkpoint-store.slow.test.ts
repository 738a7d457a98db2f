import { describe } from 'vitest';
import { brokenCopies } from './broken/checkpoint-stores/copies.js';
import { referenceCheckpointStore } from './broken/checkpoint-stores/reference.js';
import { brokenReports } from './broken/checkpoint-stores/reports.js';
import { brokenStores } from './broken/checkpoint-stores/stores.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { checkpointStoreCompliance } from './checkpoint-store.js';

describe('the suite of checkpoint stores', () => {
  const suiteOf = (create: typeof referenceCheckpointStore) => checkpointStoreCompliance({ create });
  const faults = { ...brokenStores, ...brokenCopies, ...brokenReports };
  expectFaultsSeen(suiteOf, referenceCheckpointStore, faults);
  expectNoIdleCheck([suiteOf(referenceCheckpointStore)], faults);
});
