import fc from 'fast-check';
import { it } from 'vitest';
import { properties } from '../testing/garbage.js';

const timeout = 900_000;

it.each(Object.entries(properties))('%s: a hundred thousand of them', { timeout }, async (_, property) => {
  await fc.assert<unknown[]>(property, { numRuns: 100_000 });
});
