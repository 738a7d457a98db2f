import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, flipped, hex, toHex } from '../testing/bytes.js';
import { identity, identityFrom, isSigned, sign } from './identity.js';

const invalid = expect.objectContaining({ name: 'FedwardError', code: 'ARGUMENT_INVALID' }) as Error;

/** RFC 8032, section 7.1: tests 1, 2 and 3. */
const vectors = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

it.each(vectors)('is that of RFC 8032: $message', ({ seed, publicKey, message, signature }) => {
  const pair = identityFrom(hex(seed));
  expect(toHex(pair.publicKey)).toBe(publicKey);
  expect(toHex(sign(pair.secretKey, hex(message)))).toBe(signature);
  expect(isSigned(pair.publicKey, hex(message), hex(signature))).toBe(true);
});

it('a new identity is another each time, and signs', () => {
  const [a, b] = [identity(), identity()];
  const message = hex('010203');
  expect(a.secretKey).not.toEqual(b.secretKey);
  expect(isSigned(a.publicKey, message, sign(a.secretKey, message))).toBe(true);
  expect(isSigned(a.publicKey, message, sign(b.secretKey, message))).toBe(false);
});

it('an identity keeps its seed when the caller wipes it', () => {
  const seed = hex(vectors[0]!.seed);
  const { secretKey } = identityFrom(seed);
  seed.fill(0);
  expect(toHex(secretKey)).toBe(vectors[0]!.seed);
});

it('secret keys of another length are refused', () => {
  for (const length of [0, 31, 33, 64]) {
    expect(() => identityFrom(new Uint8Array(length))).toThrow(invalid);
    expect(() => sign(new Uint8Array(length), hex('00'))).toThrow(invalid);
  }
});

describe('isSigned is false', () => {
  const { publicKey, secretKey } = identityFrom(new Uint8Array(32).fill(7));
  const message = hex('00112233445566778899');
  const signature = sign(secretKey, message);

  it('for any bit turned in key, message or signature', () => {
    expect(isSigned(publicKey, message, signature)).toBe(true);
    for (let bit = 0; bit < 8 * 64; bit++) expect(isSigned(publicKey, message, flipped(signature, bit))).toBe(false);
    for (let bit = 0; bit < 8 * 32; bit++) expect(isSigned(flipped(publicKey, bit), message, signature)).toBe(false);
    for (let bit = 0; bit < 80; bit++) expect(isSigned(publicKey, flipped(message, bit), signature)).toBe(false);
  });

  it('for the same signature with the order of the group added (RFC 8032, section 5.1.7)', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + order;
    const second = hex(scalar.toString(16).padStart(64, '0')).reverse();
    expect(isSigned(publicKey, message, Uint8Array.of(...signature.slice(0, 32), ...second))).toBe(false);
  });

  // The order of each divides 8: one signature, the neutral element and 0, holds for every eighth message or more.
  it.each([
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ])('for a key of low order, under which anyone can sign: %s', (text) => {
    const forged = new Uint8Array(64);
    forged[0] = 1; // the neutral element and 0
    for (const mark of [0, 0x80]) {
      const key = hex(text);
      key[31]! |= mark;
      // Node 20 takes some of these for signed, Node 24 none.
      for (let i = 0; i < 200; i++) expect(isSigned(key, Uint8Array.of(i), forged)).toBe(false);
    }
  });
});

it('signs and recognises any message', () => {
  fc.assert(
    fc.property(bytesOf(32), fc.uint8Array(), (seed, message) => {
      const pair = identityFrom(seed);
      expect(isSigned(pair.publicKey, message, sign(pair.secretKey, message))).toBe(true);
    }),
    { numRuns: 50 },
  );
});
