import { afterAll, beforeAll, describe, vi } from 'vitest';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { brokenNetworks, referenceNetwork } from './broken/networks/faults.js';
import { remoteClientCompliance } from './remote-client.js';

describe('the suite of remote clients', () => {
  // As for transports: most faults are that an answer never comes.
  beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }).setTimerTickMode('nextTimerAsync'));
  afterAll(() => void vi.useRealTimers());

  const suiteOf = (create: typeof referenceNetwork) => remoteClientCompliance({ connect: create() });
  expectFaultsSeen(suiteOf, referenceNetwork, brokenNetworks);
  expectNoIdleCheck([suiteOf(referenceNetwork)], brokenNetworks);
});
