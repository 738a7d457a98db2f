import { createPrivateKey, createPublicKey, webcrypto, type KeyObject } from 'node:crypto';

/** Keys of Curve25519 as raw bytes, which is how messages carry them. */
export interface KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, which any 32 bytes are. */
  readonly secretKey: Uint8Array;
}

/** Length of every key, public or secret, in bytes. */
export const keyBytes = 32;

/** The last arc of 1.3.101, under which RFC 8410 (section 3) has both. */
const algorithms = { X25519: '6e', Ed25519: '70' } as const;
export type Curve = keyof typeof algorithms;

/** DER of a public key but for its bytes: RFC 8410, section 4. */
const publicPrefix = (curve: Curve) => Buffer.from(`302a300506032b65${algorithms[curve]}032100`, 'hex');
/** DER of a secret key but for its bytes: RFC 8410, section 7. */
const secretPrefix = (curve: Curve) => Buffer.from(`302e020100300506032b65${algorithms[curve]}04220420`, 'hex');

/** @throws what Node.js throws for bytes that are no key */
export function importPublic(curve: Curve, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix(curve), raw]), format: 'der', type: 'spki' });
}

/** @throws what Node.js throws for bytes that are no key */
export function importSecret(curve: Curve, raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([secretPrefix(curve), raw]), format: 'der', type: 'pkcs8' });
}

/** The public key, raw, of a secret one. */
export function publicOf(secret: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-keyBytes));
}

/** From the operating system's CSPRNG. */
export function randomKey(): Uint8Array {
  return webcrypto.getRandomValues(new Uint8Array(keyBytes));
}
