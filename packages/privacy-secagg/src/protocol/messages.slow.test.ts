import fc from 'fast-check';
import { it } from 'vitest';
import { decoders } from '../testing/bodies.js';

const runs = process.env['FEDWARD_NIGHTLY'] === undefined ? 10_000 : 100_000;

it.each(Object.entries(decoders))(`a %s: ${runs} of them`, { timeout: 900_000 }, (_, property) => {
  fc.assert(property, { numRuns: runs });
});
