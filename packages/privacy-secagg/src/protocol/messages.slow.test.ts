import fc from 'fast-check';
import { it } from 'vitest';
import { nightly } from '../../../../tools/testing/nightly.js';
import { decoders } from '../testing/bodies.js';

const runs = nightly ? 100_000 : 10_000;

it.each(Object.entries(decoders))(`a %s: ${runs} of them`, { timeout: 900_000 }, (_, property) => {
  fc.assert(property, { numRuns: runs });
});
