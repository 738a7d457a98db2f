import { expect, it } from 'vitest';
import { settings } from './settings.js';
import { courseOf } from './time-to-accuracy.js';

const { scenario, slow, accuracy, ways } = settings;
const common = { scenario, slow, privacy: 'none', seed: 42 };

it('with one hospital 20 times slower, a buffer of any size is there in a third of the time of waiting for it', async () => {
  const [waiting, , ...buffers] = ways;
  const synchronous = await courseOf({ ...common, ...waiting!.options }, accuracy);
  expect(synchronous.reached).toBeGreaterThan(0);
  expect(buffers).toHaveLength(4);
  for (const { name, options } of buffers) {
    const buffered = await courseOf({ ...common, ...options }, accuracy);
    expect(buffered.reached, name).not.toBeNull();
    expect(buffered.reached!, name).toBeLessThanOrEqual(synchronous.reached! / 3);
    // The slow one is in it, and not left out.
    expect(buffered.slowUpdates, name).toBeGreaterThan(0);
  }
});
