import fc from 'fast-check';
import { it } from 'vitest';
import { properties } from '../testing/garbage.js';

it.each(Object.entries(properties))('%s answers whatever bytes it gets, or fails by code', async (_, property) => {
  await fc.assert<unknown[]>(property, { numRuns: 2_000 });
});
