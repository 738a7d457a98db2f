import { createHash } from 'node:crypto';
import { FedwardError } from '@fedward/core';

/** RFC 4648, section 6: no 0 and 1, which look and sound like letters. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const characters = 32;

/**
 * What people read to each other over another channel, so that a key that was changed on its way is noticed: the first 160
 * bits of SHA-256 of the verifier key (the name is in it), as eight groups of four characters.
 */
export function fingerprintOf(verifierKey: string): string {
  const digest = createHash('sha256').update(verifierKey).digest();
  let bits = 0n;
  for (const byte of digest.subarray(0, (characters * 5) / 8)) bits = (bits << 8n) | BigInt(byte);
  const text = Array.from({ length: characters }, (_, at) => alphabet[Number((bits >> BigInt(5 * (31 - at))) & 31n)]);
  return text.join('').replace(/.{4}(?=.)/g, '$&-');
}

/**
 * Holds a fingerprint as somebody typed it against a key: lower case, spaces and other dashes don't matter, a missing
 * character does.
 * @throws {FedwardError} SIGNATURE_INVALID where it is of another key; CONFIG_INVALID for what is no fingerprint
 */
export function assertFingerprint(typed: string, verifierKey: string): void {
  const bare = typed.toUpperCase().replace(/[\s\-–—]/g, '');
  if (!/^[A-Z2-7]{32}$/.test(bare))
    throw new FedwardError(
      'CONFIG_INVALID',
      `${JSON.stringify(typed)} is no fingerprint: that is eight groups of four characters, A to Z and 2 to 7`,
      'fingerprint',
    );
  const is = fingerprintOf(verifierKey);
  if (bare === is.replaceAll('-', '')) return;
  throw new FedwardError(
    'SIGNATURE_INVALID',
    `the fingerprint of this file's key is ${is}, not the one that was given: it may have been changed on its way; ask for it ` +
      'once more, and compare over another channel',
    'fingerprint',
  );
}
