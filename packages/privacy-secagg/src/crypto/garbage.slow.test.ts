import fc from 'fast-check';
import { it } from 'vitest';
import { properties } from '../testing/garbage.js';

const runs = process.env['FEDWARD_NIGHTLY'] === undefined ? 10_000 : 100_000;

it.each(Object.entries(properties))(`%s: ${runs} of them`, { timeout: 900_000 }, async (_, property) => {
  await fc.assert<unknown[]>(property, { numRuns: runs });
});
