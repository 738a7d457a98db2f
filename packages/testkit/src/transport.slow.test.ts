import { afterAll, beforeAll, describe, vi } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenTransports } from './broken/transports/faults.js';
import { referenceTransport } from './broken/transports/reference.js';
import { transportCompliance } from './transport.js';

describe('the suite of transports', () => {
  // Most faults are that an answer never comes: a clock that goes on as soon as nothing else does waits for them.
  beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }).setTimerTickMode('nextTimerAsync'));
  afterAll(() => void vi.useRealTimers());

  const suiteOf = (create: typeof referenceTransport) => transportCompliance({ connect: create() });
  expectFaultsSeen(suiteOf, referenceTransport, brokenTransports);
  expectNoIdleCheck([suiteOf(referenceTransport)], brokenTransports);
});
