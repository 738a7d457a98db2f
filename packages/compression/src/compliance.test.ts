import type { Compression } from '@fedward/core';
import { compressionCompliance } from '@fedward/testkit/compression';
import { describe, it } from 'vitest';
import { quantize } from './quantize.js';
import { topK } from './top-k.js';

const all: Record<string, () => Compression> = {
  'quantize to 8 bits': () => quantize(),
  'quantize to 16 bits': () => quantize({ bits: 16, chunk: 5 }),
  'top-k': () => topK() as Compression,
  'top-k of 16 bits': () => topK({ share: 0.5, bits: 16 }) as Compression,
  'top-k without feedback': () => topK({ feedback: false }) as Compression,
};

for (const [what, create] of Object.entries(all))
  describe(what, () => compressionCompliance({ create }).register({ describe, it }));
