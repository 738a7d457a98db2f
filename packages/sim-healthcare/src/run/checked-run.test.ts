import { expect, it, onTestFinished, vi } from 'vitest';
import { ThreadPool } from '../threads/pool.js';
import { checkedRun } from './checked-run.js';

it('reckons with the speed that the plugin of its trainer says', async () => {
  vi.spyOn(ThreadPool, 'available').mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  // Seconds of work at the speed of a trainer that says nothing, and not worth a thread at that of the default.
  const { threads } = await checkedRun({ scenario: 'tutorial', rounds: 3, privacy: 'none' }, 'r');
  expect(threads).toBeUndefined();
});
