import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertRef, chunkSize, countOf, decodeManifest, encodeManifest, rangeOf, type BlobRef } from './chunks.js';

const sizes = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 40 }),
  fc.tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: -1, max: 1 })).map(([n, by]) => Math.max(0, n * chunkSize + by)), // prettier-ignore
);
const refs = fc.record({ sha256: fc.stringMatching(/^[0-9a-f]{64}$/), size: sizes });

describe('chunks', () => {
  it('follow each other without a gap, and end where the whole ends', () => {
    const some = fc.integer({ min: 0, max: 40 * 65_536 + 1 });
    fc.assert(
      fc.property(some, fc.integer({ min: 65_536, max: 2 ** 20 }), (size, chunk) => {
        let end = 0;
        for (let index = 0; index < countOf(size, chunk); index++) {
          const { offset, length } = rangeOf(index, size, chunk);
          expect(offset).toBe(end);
          expect(length).toBeGreaterThan(0);
          expect(length).toBeLessThanOrEqual(chunk);
          end = offset + length;
        }
        expect(end).toBe(size);
      }),
    );
  });
});

describe('a manifest', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(refs, (ref) => {
        const { size, chunk, count, digest } = decodeManifest(encodeManifest(ref), ref);
        expect({ size, digest }).toEqual({ size: ref.size, digest: ref.sha256 });
        expect(count).toBe(countOf(size, chunk));
      }),
    );
  });

  const ref: BlobRef = { sha256: 'a'.repeat(64), size: 3 * chunkSize };
  const written = JSON.parse(Buffer.from(encodeManifest(ref)).toString()) as object;
  it.each([
    ['another size', { size: 3 * chunkSize - 1 }],
    ['another digest', { digest: 'b'.repeat(64) }],
    ['more chunks than there can be', { count: 4 }],
    ['chunks of a byte', { chunk: 1, count: 3 * chunkSize }],
    ['chunks larger than a message', { chunk: 3 * chunkSize, count: 1 }],
    ['another version', { v: 2 }],
  ])('that tells of %s is refused', (_, change) => {
    const bytes = Buffer.from(JSON.stringify({ ...written, ...change }));
    expect(() => decodeManifest(bytes, ref)).toThrow();
    expect(() => decodeManifest(Buffer.from(JSON.stringify({ ...written, more: 1 })), ref)).not.toThrow();
  });

  it('of garbage is refused by its code', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => decodeManifest(bytes, ref)).toThrow(expect.objectContaining({ name: 'FedwardError' }));
      }),
    );
  });
});

describe('a reference', () => {
  it.each([
    { sha256: '../'.repeat(21) + 'a', size: 1 },
    { sha256: 'A'.repeat(64), size: 1 },
    { sha256: `${'a'.repeat(63)}*`, size: 1 },
    { sha256: 'a'.repeat(64), size: -1 },
    { sha256: 'a'.repeat(64), size: 1.5 },
  ])('that could be something else is refused: %j', (ref) => {
    expect(() => assertRef(ref)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
