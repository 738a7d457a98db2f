import fc from 'fast-check';
import { isFedwardError } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { anyBody, decoders } from '../testing/bodies.js';
import { Hospital, idsOf } from '../testing/round.js';
import { answerOf, questionOf } from './messages.js';

const bytes = (length: number) => new Uint8Array(length);
const keys = { channel: bytes(32), mask: bytes(32), commitment: bytes(32), signature: bytes(64) };

describe('decoders', () => {
  it.each(Object.entries(decoders))('of a %s take what they are given, or refuse it by code', (_, property) => {
    fc.assert(property, { seed: 11, numRuns: 2000 });
  });

  it('take what the halves say, and no more', () => {
    expect(questionOf('a', { stage: 'keys' })).toEqual({ stage: 'keys' });
    expect(answerOf('keys', 'a', keys)).toEqual(keys);
    for (const wrong of [{ ...keys, channel: bytes(31) }, { ...keys, more: 1 }, { ...keys, mask: 'x' }, null])
      expect(() => answerOf('keys', 'a', wrong)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });

  it('and a site answers whatever it is asked, or refuses by code', async () => {
    const ids = idsOf(5);
    await fc.assert(
      fc.asyncProperty(fc.array(anyBody, { minLength: 1, maxLength: 4 }), async (bodies) => {
        const hospital = new Hospital(ids[0]!);
        for (const given of [{ stage: 'keys' }, ...bodies])
          await hospital.half.answer(given, hospital.context(ids)).catch((error: unknown) => {
            expect(isFedwardError(error), String(error)).toBe(true);
          });
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});
