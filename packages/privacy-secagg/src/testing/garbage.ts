import fc from 'fast-check';
import { expect } from 'vitest';
import { agree } from '../crypto/agreement.js';
import { envelopeBytes, open } from '../crypto/envelope.js';
import { identityFrom, isSigned, sign } from '../crypto/identity.js';
import { combine } from '../crypto/shamir.js';
import { bytesOf } from './bytes.js';

/** What anyone may send, lengths around a right one among them. */
const garbage = (length: number) =>
  fc.oneof(fc.uint8Array({ maxLength: 2 * length + 40 }), bytesOf(length), bytesOf(length + 1), bytesOf(length - 1));

const invalid = (code: string) => expect.objectContaining({ name: 'FedwardError', code }) as Error;

const { publicKey, secretKey } = identityFrom(new Uint8Array(32).fill(7));
const message = Uint8Array.of(1, 2, 3);
const signature = sign(secretKey, message);

const fewShares = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 6 });
const sharesAlike = fc.nat(6).chain((length) => fc.array(bytesOf(length), { maxLength: 6 }));

/** What each function that takes bytes from others does with whatever they are: it gives an answer, or an error by code. */
export const properties = {
  agree: fc.asyncProperty(bytesOf(32), garbage(32), async (secret, bytes) => {
    try {
      expect(agree(secret, bytes)).toHaveLength(32);
      expect(bytes).toHaveLength(32);
    } catch (error) {
      expect(error).toEqual(invalid('MESSAGE_INVALID'));
    }
  }),

  isSigned: fc.asyncProperty(garbage(32), fc.uint8Array(), garbage(64), async (key, text, mark) => {
    expect(isSigned(key, text, mark)).toBe(false);
    expect(isSigned(publicKey, text, mark)).toBe(false);
    expect(isSigned(key, message, signature)).toBe(false);
  }),

  open: fc.asyncProperty(bytesOf(32), garbage(33 + envelopeBytes), fc.string(), async (key, bytes, associated) => {
    expect(() => open(key, bytes, associated)).toThrow(invalid('SHARE_INVALID'));
  }),

  combine: fc.asyncProperty(fc.oneof(fewShares, sharesAlike), async (shares) => {
    const combined = await combine(shares).catch((error: unknown) => error);
    if (combined instanceof Uint8Array) expect(combined.length).toBe(shares[0]!.length - 1);
    else expect(combined).toEqual(invalid('SHARE_INVALID'));
  }),
};
