import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import { bytesOfBase64 } from './base64.js';

/** Who signs, and by which key: whoever has the private half of it. */
export interface Signer {
  /** The key's name, as it stands in signature lines: an origin, a hospital, a person. */
  readonly name: string;
  /** What others need to check a signature: `name+hex(key id)+base64(0x01 || public key)`. */
  readonly verifierKey: string;
  /** Ed25519 over these bytes (RFC 8032), 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A public key with its name. */
export interface Verifier {
  readonly name: string;
  /** The first four bytes of SHA-256(name || 0x0A || 0x01 || public key), big-endian. */
  readonly keyId: number;
  readonly verifierKey: string;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** The type of a signature in a note: Ed25519 over its text (C2SP signed-note). */
export const ed25519 = 0x01;

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * A signer from a private key.
 * @param name no white space, no plus sign, not empty (C2SP signed-note)
 * @throws {FedwardError} ARGUMENT_INVALID for such a name, or a key that is no Ed25519 key
 */
export function signerOf(name: string, privateKey: KeyObject): Signer {
  assertKeyName(name);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `${name}: the key is ${privateKey.asymmetricKeyType}, no Ed25519 key`,
      name,
    );
  const publicKey = rawOf(createPublicKey(privateKey));
  const verifierKey = verifierKeyOf(name, publicKey);
  return { name, verifierKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** The same from the private key as PKCS#8 in DER. @throws {FedwardError} ARGUMENT_INVALID also for what is none */
export function signerFromPkcs8(name: string, der: Uint8Array): Signer {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new FedwardError('ARGUMENT_INVALID', `${name}: what was given is no private key`, name, { cause });
  }
  return signerOf(name, privateKey);
}

/** Those that were made last: a key takes longer to read than a signature to check, and a few keys check all of a log. */
const known = new Map<string, Verifier>();
const mostKnown = 1000;

/** @throws {FedwardError} ARGUMENT_INVALID for what is no verifier key, or one whose key id is not that of its key */
export function verifierOf(verifierKey: string): Verifier {
  const found = known.get(verifierKey);
  if (found) return found;
  const verifier = newVerifier(verifierKey);
  if (known.size >= mostKnown) known.clear();
  known.set(verifierKey, verifier);
  return verifier;
}

function newVerifier(verifierKey: string): Verifier {
  const refuse = (why: string): never => {
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `not a verifier key (${why}): ${JSON.stringify(verifierKey)}`,
      'verifierKey',
    );
  };
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(verifierKey);
  if (!match) return refuse('it is name+key id+key');
  const [, name, id, encoded] = match as unknown as [string, string, string, string];
  assertKeyName(name);
  const key = bytesOfBase64(encoded);
  if (key?.length !== 33 || key[0] !== ed25519) return refuse('it has no Ed25519 key');
  const raw = key.subarray(1);
  const keyId = keyIdOf(name, key);
  if (keyId.toString(16).padStart(8, '0') !== id) refuse('its key id is of another key or name');
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  return { name, keyId, verifierKey, verify: (bytes, signature) => verify(null, bytes, publicKey, signature) };
}

/** SHA-256(name || 0x0A || type || key), its first four bytes as a number. @param typedKey type and key */
export function keyIdOf(name: string, typedKey: Uint8Array): number {
  return createHash('sha256').update(name).update('\n').update(typedKey).digest().readUInt32BE(0);
}

/** `name+hex(key id)+base64(0x01 || public key)`. @param publicKey 32 bytes */
export function verifierKeyOf(name: string, publicKey: Uint8Array): string {
  const typed = Buffer.concat([Uint8Array.of(ed25519), publicKey]);
  return `${name}+${keyIdOf(name, typed).toString(16).padStart(8, '0')}+${typed.toString('base64')}`;
}

/** @throws {FedwardError} ARGUMENT_INVALID */
export function assertKeyName(name: string): void {
  if (name.length > 0 && name.length <= 200 && name.isWellFormed() && !/[\s+\p{Cc}]/u.test(name)) return;
  throw new FedwardError(
    'ARGUMENT_INVALID',
    `a key's name has 1 to 200 characters, without white space and plus signs: ${JSON.stringify(name)}`,
    'name',
  );
}

function rawOf(publicKey: KeyObject): Uint8Array {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
}
