import type { Compression } from '@fedward/core';
import { describe } from 'vitest';
import { brokenCompressions, referenceCompression } from './broken/compressions/faults.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';
import { compressionCompliance } from './compression.js';

const suiteOf = (create: () => Compression) => compressionCompliance({ create });

describe('the suite of compressions', () => {
  expectFaultsSeen<Compression>(suiteOf, referenceCompression as () => Compression, brokenCompressions as never);
  expectNoIdleCheck([suiteOf(referenceCompression as () => Compression)], brokenCompressions);
});
