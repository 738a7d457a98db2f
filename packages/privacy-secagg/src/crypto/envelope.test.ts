import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, flipped, hex, toHex } from '../testing/bytes.js';
import { envelopeBytes, open, seal } from './envelope.js';

const invalid = expect.objectContaining({ name: 'FedwardError', code: 'SHARE_INVALID' }) as Error;
const key = new Uint8Array(32).fill(3);
const purpose = 'round 4, from a to b';

it('opens what AES-256-GCM sealed: test case 15 of McGrew and Viega', () => {
  const vector = {
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    plain:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad',
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  };
  expect(toHex(open(hex(vector.key), hex(vector.nonce + vector.sealed + vector.tag), ''))).toBe(vector.plain);
});

it('opens what it sealed, under the same key and for the same purpose', () => {
  fc.assert(
    fc.property(
      bytesOf(32),
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'grapheme' }),
      (key, plain, associated) => {
        const sealed = seal(key, plain, associated);
        expect(sealed).toHaveLength(plain.length + envelopeBytes);
        expect(open(key, sealed, associated)).toEqual(plain);
      },
    ),
    { numRuns: 200 },
  );
});

it('seals the same another way each time, and shows nothing of it', () => {
  const plain = new Uint8Array(64).fill(1);
  const sealed = Array.from({ length: 50 }, () => seal(key, plain, purpose));
  expect(new Set(sealed.map((one) => toHex(one.slice(0, 12)))).size).toBe(50);
  for (const one of sealed) expect(toHex(one)).not.toContain('01010101');
});

it('needs a key of 32 bytes', () => {
  const argument = expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'key' }) as Error;
  for (const length of [0, 16, 31, 33]) {
    expect(() => seal(new Uint8Array(length), hex('00'), purpose)).toThrow(argument);
    expect(() => open(new Uint8Array(length), new Uint8Array(40), purpose)).toThrow(argument);
  }
});

describe('open refuses', () => {
  const sealed = seal(key, hex('0123456789'), purpose);

  it('any bit turned', () => {
    for (let bit = 0; bit < 8 * sealed.length; bit++)
      expect(() => open(key, flipped(sealed, bit), purpose)).toThrow(invalid);
  });

  it('another key, another purpose, another length', () => {
    expect(() => open(new Uint8Array(32).fill(4), sealed, purpose)).toThrow(invalid);
    for (const other of ['', 'round 5, from a to b', 'round 4, from b to a', `${purpose} `])
      expect(() => open(key, sealed, other)).toThrow(invalid);
    for (let length = 0; length < sealed.length; length++)
      expect(() => open(key, sealed.subarray(0, length), purpose)).toThrow(invalid);
    expect(() => open(key, Uint8Array.of(...sealed, 0), purpose)).toThrow(invalid);
  });
});
