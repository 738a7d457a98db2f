import { digestJson } from '@fedward/core';
import { protocol, sorted } from './context.js';
import type { Advertised } from './messages.js';

/** What a site signs of its keys, as bytes. */
export function signedKeys(
  round: string,
  id: string,
  { channel, mask, commitment }: Omit<Advertised, 'signature'>,
): Uint8Array {
  return signed('keys', round, id, hex(channel), hex(mask), hex(commitment));
}

/** What a site signs of who is left, and of what all were sent. */
export function signedSurvivors(
  round: string,
  participants: readonly string[],
  sent: string,
  survivors: readonly string[],
): Uint8Array {
  return signed('survivors', round, sorted(participants), sent, sorted(survivors));
}

/** What a site signs, as bytes. No two kinds of message can be taken for one another. */
function signed(kind: 'keys' | 'survivors', ...parts: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(digestJson({ protocol, kind, parts }));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
