import { describe, expect, it } from 'vitest';
import { slopeOf, watchMemory } from './memory.js';

describe('memory of processes', () => {
  it('has the slope of the line through its samples, in MB an hour', () => {
    const samples = [0, 10, 20, 30].map((seconds) => ({ seconds, megabytes: 100 + seconds / 10 }));
    expect(slopeOf(samples)).toBeCloseTo(360);
    expect(slopeOf(samples.map((sample) => ({ ...sample, megabytes: 7 })))).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('is what the system says of who runs', async () => {
    const stop = new AbortController();
    const me = { name: 'me', pid: process.pid };
    const watching = watchMemory(() => [me, { name: 'nobody', pid: undefined }, { name: 'gone', pid: 2 ** 30 }], stop.signal); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    const lives = await watching;
    expect(lives.map(({ name }) => name)).toEqual(['me']);
    expect(lives[0]!.samples[0]!.megabytes).toBeGreaterThan(10);
  });
});
