import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenOutboxes, referenceOutbox } from './broken/outboxes/faults.js';
import { outboxCompliance } from './outbox.js';

describe('the suite of outboxes', () => {
  const suiteOf = (create: typeof referenceOutbox) => outboxCompliance({ create: create() });
  expectFaultsSeen(suiteOf, referenceOutbox, brokenOutboxes);
  expectNoIdleCheck([suiteOf(referenceOutbox)], brokenOutboxes);
});
