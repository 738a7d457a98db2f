import fc from 'fast-check';
import { it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { properties } from '../testing/garbage.js';

const runs = nightly ? 100_000 : 10_000;

it.each(Object.entries(properties))(`%s: ${runs} of them`, { timeout: 900_000 }, async (_, property) => {
  await fc.assert<unknown[]>(property, { numRuns: runs });
});
