import fc from 'fast-check';
import { it } from 'vitest';
import { decoders } from '../testing/bodies.js';

it.each(Object.entries(decoders))('a %s: a hundred thousand of them', { timeout: 900_000 }, (_, property) => {
  fc.assert(property, { numRuns: 100_000 });
});
