import { diffieHellman } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import { importPublic, importSecret, keyBytes, publicOf, randomKey, type KeyPair } from './raw-keys.js';

export type { KeyPair } from './raw-keys.js';

/** A new X25519 key pair (RFC 7748), from the operating system's CSPRNG. */
export function keyPair(): KeyPair {
  const secretKey = randomKey();
  return { publicKey: publicKeyOf(secretKey), secretKey };
}

/**
 * The X25519 public key of a secret one, 32 bytes each.
 * @throws {FedwardError} MESSAGE_INVALID for another length
 */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  assertLength(secretKey, 'secret');
  return publicOf(importSecret('X25519', secretKey));
}

/**
 * The secret that two sites share: 32 bytes, the same from either side (RFC 7748, section 6.1). It is not uniform: keys
 * are derived from it.
 * @throws {FedwardError} MESSAGE_INVALID for a public key of low order, with which everyone shares the same secret, or a
 *   key of another length
 */
export function agree(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  assertLength(secretKey, 'secret');
  assertLength(publicKey, 'public');
  const keys = { privateKey: importSecret('X25519', secretKey), publicKey: importPublic('X25519', publicKey) };
  try {
    return new Uint8Array(diffieHellman(keys)); // which checks that it is not zero
  } catch (cause) {
    throw new FedwardError('MESSAGE_INVALID', 'a public key is of low order: no secret follows from it', undefined, {
      cause,
    });
  }
}

function assertLength(key: Uint8Array, kind: string): void {
  if (key.length !== keyBytes)
    throw new FedwardError('MESSAGE_INVALID', `a ${kind} key has ${keyBytes} bytes, not ${key.length}`);
}
