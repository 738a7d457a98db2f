import { describe, expect, it } from 'vitest';
import { SessionCache } from './lease.js';

describe('sessions', () => {
  const counted = () => {
    const closed: string[] = [];
    const open = (name: string) => async () => ({
      run: () => Promise.resolve({}),
      close: async () => void closed.push(name),
    });
    return { closed, open };
  };

  it('are kept for the next training, the least recently used closed first, none that is in use', async () => {
    const { closed, open } = counted();
    const cache = new SessionCache(2);
    const first = cache.lease();
    for (const name of ['a', 'b', 'c']) await first.get(name, open(name));
    const second = cache.lease();
    await second.get('a', () => Promise.reject(new Error('there is one')));
    expect(closed).toEqual([]);
    first.release();
    await Promise.resolve();
    expect([closed, cache.size]).toEqual([['b'], 2]);
    second.release();
    const third = cache.lease();
    await third.get('d', open('d'));
    third.release();
    await Promise.resolve();
    expect([closed, cache.size]).toEqual([['b', 'c'], 2]);
  });

  it('that can not be closed disturb nobody', async () => {
    const cache = new SessionCache(0);
    const lease = cache.lease();
    await lease.get('a', () =>
      Promise.resolve({ run: () => Promise.resolve({}), close: () => Promise.reject(new Error('gone')) }),
    );
    lease.release();
    await new Promise(setImmediate); // a rejection that nobody takes would end the run of these tests
    expect(cache.size).toBe(0);
  });

  it('that could not be opened are tried again', async () => {
    const { open } = counted();
    const leases = new SessionCache(2).lease();
    await expect(leases.get('a', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    leases.release();
    await expect(leases.get('a', open('a'))).resolves.toBeDefined();
  });
});
