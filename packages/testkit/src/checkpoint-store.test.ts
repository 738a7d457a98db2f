import { describe } from 'vitest';
import { brokenCheckpointStores } from './broken/checkpoint-stores/faults.js';
import { referenceCheckpointStore } from './broken/checkpoint-stores/reference.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { checkpointStoreCompliance } from './checkpoint-store.js';

describe('the suite of checkpoint stores', () => {
  const suiteOf = (create: typeof referenceCheckpointStore) => checkpointStoreCompliance({ create });
  expectFaultsSeen(suiteOf, referenceCheckpointStore, brokenCheckpointStores);
  expectNoIdleCheck([suiteOf(referenceCheckpointStore)], brokenCheckpointStores);
});
