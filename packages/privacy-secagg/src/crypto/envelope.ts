import { createCipheriv, createDecipheriv, webcrypto } from 'node:crypto';
import { assertThat, FedwardError } from '@fedward/core';
import { keyBytes } from './raw-keys.js';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const options = { authTagLength: tagBytes };

/** What sealing adds to a message, in bytes. */
export const envelopeBytes = nonceBytes + tagBytes;

/**
 * Seals a message for the one who has the key: AES-256-GCM (NIST SP 800-38D), the nonce at random.
 * @param key 32 bytes, for one round: nonces at random are good for 2^32 messages
 * @param associated what goes with it in the clear, and has to be the same when it is opened
 * @returns nonce (12 bytes), what was sealed, tag (16 bytes)
 * @throws {FedwardError} ARGUMENT_INVALID for a key of another length
 */
export function seal(key: Uint8Array, plain: Uint8Array, associated: string): Uint8Array {
  assertKey(key);
  const nonce = webcrypto.getRandomValues(new Uint8Array(nonceBytes));
  const cipher = createCipheriv(algorithm, key, nonce, options).setAAD(Buffer.from(associated));
  return new Uint8Array(Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
}

/**
 * What was sealed.
 * @throws {FedwardError} SHARE_INVALID unless it was sealed under this key with this `associated`; ARGUMENT_INVALID for a key
 *   of another length
 */
export function open(key: Uint8Array, sealed: Uint8Array, associated: string): Uint8Array {
  assertKey(key);
  if (sealed.length < envelopeBytes)
    throw new FedwardError('SHARE_INVALID', `what is sealed has ${envelopeBytes} bytes and more, not ${sealed.length}`);
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), options)
    .setAAD(Buffer.from(associated))
    .setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(nonceBytes, end));
  try {
    decipher.final();
  } catch (cause) {
    const message = 'it was sealed under another key or for another purpose, or was changed on its way';
    throw new FedwardError('SHARE_INVALID', message, undefined, { cause });
  }
  return new Uint8Array(plain);
}

function assertKey(key: Uint8Array): void {
  assertThat(key.length === keyBytes, 'key', `the key of an envelope has ${keyBytes} bytes, not ${key.length}`);
}
