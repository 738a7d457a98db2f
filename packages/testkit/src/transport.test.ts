import { describe } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenTransports } from './broken/transports/faults.js';
import { referenceTransport } from './broken/transports/reference.js';
import { transportCompliance } from './transport.js';

// At once, for most of them wait for an answer that never comes.
describe.concurrent('the suite of transports', () => {
  const suiteOf = (create: typeof referenceTransport) => transportCompliance({ connect: create() });
  expectFaultsSeen(suiteOf, referenceTransport, brokenTransports);
  expectNoIdleCheck([suiteOf(referenceTransport)], brokenTransports);
});
