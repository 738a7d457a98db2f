import { sign as signBytes, verify } from 'node:crypto';
import { assertThat } from '@fedward/core';
import { importPublic, importSecret, keyBytes, publicOf, randomKey, type KeyPair } from './raw-keys.js';

/** Length of a signature in bytes. */
export const signatureBytes = 64;

/** A new Ed25519 key pair (RFC 8032), from the operating system's CSPRNG: who a site is, for as long as it keeps it. */
export function identity(): KeyPair {
  return identityFrom(randomKey());
}

/**
 * The Ed25519 key pair whose secret key is a seed (RFC 8032, section 5.1.5).
 * @param seed 32 bytes
 * @throws {FedwardError} ARGUMENT_INVALID for another length
 */
export function identityFrom(seed: Uint8Array): KeyPair {
  assertSecret(seed);
  return { publicKey: publicOf(importSecret('Ed25519', seed)), secretKey: new Uint8Array(seed) };
}

/**
 * An Ed25519 signature, 64 bytes, the same each time (RFC 8032, section 5.1.6).
 * @param secretKey 32 bytes
 * @throws {FedwardError} ARGUMENT_INVALID for another length
 */
export function sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  assertSecret(secretKey);
  return new Uint8Array(signBytes(null, message, importSecret('Ed25519', secretKey)));
}

/**
 * Whether a message is signed by the holder of a key. False, never an error, for what is no key or no signature, and for a
 * key of low order, such as 32 zeros, under which anyone can sign.
 */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== keyBytes || isOfLowOrder(publicKey)) return false;
  try {
    return verify(null, message, importPublic('Ed25519', publicKey), signature);
  } catch {
    return false;
  }
}

/**
 * The second coordinates of the eight points of low order, in hexadecimal, low byte first and without the sign of the first:
 * 0, 1, -1 and those of order 8, and what equals 0, 1 and -1 modulo 2^255 - 19 in 255 bits.
 */
const lowOrder = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

function isOfLowOrder(publicKey: Uint8Array): boolean {
  const coordinate = Buffer.from(publicKey);
  coordinate[keyBytes - 1]! &= 0x7f;
  return lowOrder.has(coordinate.toString('hex'));
}

function assertSecret(key: Uint8Array): void {
  assertThat(key.length === keyBytes, 'secretKey', `an identity's secret key has ${keyBytes} bytes, not ${key.length}`);
}
