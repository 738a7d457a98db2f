import { describe, expect, it } from 'vitest';
import { Random, type FedwardError } from '@fedward/core';
import { verifierOf } from '@fedward/kit-keys';
import { fuzzed, fuzzKey, goodBody } from '../../../../tools/testing/nats-fuzz.js';
import { testSeed } from '../../../../tools/testing/seed.js';
import { openEnvelope, sealEnvelope } from './envelope.js';

describe('envelopes that are none', () => {
  it('are refused, 100,000 of them, and nothing is kept of them', () => {
    const expected = { verifier: verifierOf(fuzzKey.verifierKey), federation: 'fed', from: 'coordinator', to: 'a' };
    const random = new Random(`fuzz ${testSeed()}`);
    const good = sealEnvelope(goodBody, fuzzKey);
    const codes: Record<string, number> = {};
    const heap: number[] = [];
    for (let i = 0; i < 100_000; i++) {
      let code = 'taken';
      try {
        openEnvelope(fuzzed(good, random), expected);
      } catch (error) {
        code = String((error as FedwardError).code);
      }
      codes[code] = (codes[code] ?? 0) + 1;
      if (i % 10_000 === 9999) {
        globalThis.gc?.();
        heap.push(process.memoryUsage().heapUsed);
      }
    }
    expect(Object.keys(codes).toSorted()).toEqual(['MESSAGE_INVALID', 'PROTOCOL_UNKNOWN', 'SIGNATURE_INVALID']);
    // Of 90,000 more a kilobyte each would be 90 MB.
    expect(Math.min(...heap.slice(5)) - Math.max(...heap.slice(0, 3))).toBeLessThan(50 * 2 ** 20);
  });
});
