import { describe, expect, it } from 'vitest';
import { digestJson, sha256 } from './digest.js';

describe('sha256', () => {
  // FIPS 180-2, appendix B.
  it.each([
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %s', (text, digest) => {
    expect(sha256(text)).toBe(digest);
    expect(sha256(new TextEncoder().encode(text))).toBe(digest);
  });

  it('reads a view, not the buffer under it', () => {
    expect(sha256(Buffer.from('xabcx').subarray(1, 4))).toBe(sha256('abc'));
  });
});

describe('digestJson', () => {
  it('is that of the canonical JSON, by its algorithm', () => {
    expect(digestJson({ b: 1, a: [true] })).toBe(`sha256:${sha256('{"a":[true],"b":1}')}`);
    expect(digestJson({ a: [true], b: 1 })).toBe(digestJson({ b: 1, a: [true] }));
  });
});
