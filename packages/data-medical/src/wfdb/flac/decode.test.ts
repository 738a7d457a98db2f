import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignments, writeStereo, type Storage } from '../testing/write-flac.js';
import { decodeFlac } from './decode.js';

/** RFC 9639, appendix D.1: one stereo sample of 16 bits. */
const example = Uint8Array.from(
  Buffer.from(
    '664c614380000022100010000000' +
      '0f00000f0ac442f0000000013e84b41807dc690307586a3dad1a2e0f' +
      'fff869180000bf0358fd03128baa9a',
    'hex',
  ),
);

const all = (bytes: Uint8Array, channels = 2, bits = 16): number[][] => {
  const found: number[][] = Array.from({ length: channels }, () => []);
  for (const block of decodeFlac(bytes, 'x.dat', channels, bits))
    block.channels.forEach((samples, i) => found[i]!.push(...samples));
  return found;
};

describe('decodeFlac', () => {
  it('reads the example of the standard', () => {
    const [[left], [right]] = all(example) as [[number], [number]];
    expect([left, right]).toEqual([25_588, 10_416]);
    // The stream's own digest of its samples, which the decoder does not look at.
    const pcm = Buffer.alloc(4);
    pcm.writeInt16LE(left, 0);
    pcm.writeInt16LE(right, 2);
    expect(createHash('md5').update(pcm).digest()).toEqual(Buffer.from(example.subarray(26, 42)));
  });

  it('undoes what was done to two channels, however they are stored', () => {
    const bits = fc.constantFrom(8 as const, 16 as const, 24 as const);
    const kept = fc.constantFrom<Storage>('verbatim', 'rice', 'rice5', 'escape');
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(assignments) as (keyof typeof assignments)[])),
        kept,
        bits.chain((width) => {
          const sample = fc.integer({ min: -(2 ** (width - 1)), max: 2 ** (width - 1) - 1 });
          const both = fc.array(fc.tuple(sample, sample), { minLength: 1, maxLength: 20 });
          return fc.tuple(fc.constant(width), both);
        }),
        (assignment, storage, [width, pairs]) => {
          // The parameter 6 would take 2^19 zeros for a difference of 24 bits.
          const how = storage === 'rice' && width === 24 ? 'rice5' : storage;
          const channels = [pairs.map(([left]) => left), pairs.map(([, right]) => right)] as const;
          expect(all(writeStereo(channels, width, assignment, how), 2, width)).toEqual(channels);
        },
      ),
    );
  });

  it('refuses every file in which one bit of the frame is another', () => {
    for (let bit = 42 * 8; bit < example.length * 8; bit++) {
      const changed = example.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => all(changed)).toThrow(expect.objectContaining({ code: 'DATA_MALFORMED', subject: 'x.dat' }));
    }
  });

  it('refuses what was cut short, has another form, or is none', () => {
    for (let length = 0; length < example.length; length++)
      if (length !== 42) expect(() => all(example.subarray(0, length))).toThrow(/cut short|no FLAC|damaged/);
    expect(all(example.subarray(0, 42))).toEqual([[], []]); // whoever needs samples knows that there are too few
    expect(() => all(example, 1)).toThrow(/2 channels, its header says 1/);
    expect(() => all(example, 2, 8)).toThrow(/16 bits, its header says 8/);
    expect(() => all(new Uint8Array(100))).toThrow(/no FLAC/);
  });
});
