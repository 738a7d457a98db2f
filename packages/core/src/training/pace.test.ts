import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPacer } from './pace.js';

afterEach(() => void vi.useRealTimers());

describe('createPacer', () => {
  it('lets others have their turn after 50 ms, and not before', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const pace = createPacer();
    let turns = 0;
    const pacedTurns = async (): Promise<number> => {
      const before = turns;
      setImmediate(() => turns++);
      await pace();
      const during = turns - before;
      await new Promise((resolve) => setTimeout(resolve));
      return during;
    };
    expect(await pacedTurns()).toBe(0);
    vi.advanceTimersByTime(51);
    expect(await pacedTurns()).toBe(1);
    expect(await pacedTurns()).toBe(0);
  });
});
