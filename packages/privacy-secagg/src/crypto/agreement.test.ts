import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../testing/bytes.js';
import { agree, keyPair, publicKeyOf } from './agreement.js';

const invalid = expect.objectContaining({ name: 'FedwardError', code: 'MESSAGE_INVALID' }) as Error;

describe('X25519', () => {
  const alice = {
    secret: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
    public: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  };
  const bob = {
    secret: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
    public: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  };

  it('is that of RFC 7748, section 6.1', () => {
    expect(publicKeyOf(alice.secret)).toEqual(alice.public);
    expect(publicKeyOf(bob.secret)).toEqual(bob.public);
    const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(toHex(agree(alice.secret, bob.public))).toBe(shared);
    expect(toHex(agree(bob.secret, alice.public))).toBe(shared);
  });

  it('is that of RFC 7748, section 5.2', () => {
    const scalar = hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4');
    const point = hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c');
    expect(toHex(agree(scalar, point))).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
  });
});

describe('keyPair', () => {
  it('is new each time, and in plain arrays of their own', () => {
    const pairs = Array.from({ length: 20 }, keyPair);
    expect(new Set(pairs.map(({ secretKey }) => toHex(secretKey))).size).toBe(20);
    for (const { publicKey, secretKey } of pairs) {
      expect(publicKey).toEqual(publicKeyOf(secretKey));
      for (const key of [publicKey, secretKey]) {
        expect(Object.getPrototypeOf(key)).toBe(Uint8Array.prototype);
        expect(key.buffer.byteLength).toBe(32); // not a window into memory that others use
      }
    }
  });

  it('any two agree, and no third shares it', () => {
    const [a, b, c] = [keyPair(), keyPair(), keyPair()];
    expect(agree(a.secretKey, b.publicKey)).toEqual(agree(b.secretKey, a.publicKey));
    expect(agree(a.secretKey, b.publicKey)).not.toEqual(agree(a.secretKey, c.publicKey));
  });
});

describe('agree refuses', () => {
  // With these, whatever the secret key, the shared secret is 0 (RFC 7748, section 6.1).
  it.each([
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ])('a public key of low order: %s', (key) => {
    expect(() => agree(keyPair().secretKey, hex(key))).toThrow(invalid);
    const marked = hex(key);
    marked[31]! |= 0x80; // a bit that is not looked at
    expect(() => agree(keyPair().secretKey, marked)).toThrow(invalid);
  });

  it('keys of another length', () => {
    const { publicKey, secretKey } = keyPair();
    for (const length of [0, 31, 33, 64]) {
      expect(() => agree(secretKey, new Uint8Array(length).fill(9))).toThrow(invalid);
      expect(() => agree(new Uint8Array(length).fill(9), publicKey)).toThrow(invalid);
      expect(() => publicKeyOf(new Uint8Array(length).fill(9))).toThrow(invalid);
    }
  });
});
