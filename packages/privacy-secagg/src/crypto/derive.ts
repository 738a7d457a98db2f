import { createHmac } from 'node:crypto';
import { assertInteger } from '@fedward/core';

const blockBytes = 32;

/**
 * A key out of a secret: HKDF with SHA-256 and no salt (RFC 5869). Keys for another purpose, or another round, share nothing
 * that can be seen, as `info` says what one is for. Node.js has HKDF too, but takes no more than 1,024 bytes of `info`: fewer
 * than the ids of a hundred hospitals.
 * @param secret such as X25519 agrees on
 * @param info any length, in UTF-8
 * @param length in bytes, 1 to 8,160
 * @throws {FedwardError} ARGUMENT_INVALID for another length
 */
export function derive(secret: Uint8Array, info: string, length = blockBytes): Uint8Array {
  assertInteger('length', length, 1, 255 * blockBytes);
  const extracted = createHmac('sha256', new Uint8Array(blockBytes)).update(secret).digest(); // section 2.2
  const derived = new Uint8Array(Math.ceil(length / blockBytes) * blockBytes);
  let block: Uint8Array = new Uint8Array(0);
  for (let i = 0; i * blockBytes < length; i++) {
    block = createHmac('sha256', extracted)
      .update(block)
      .update(info, 'utf8')
      .update(Uint8Array.of(i + 1))
      .digest(); // section 2.3
    derived.set(block, i * blockBytes);
  }
  return derived.slice(0, length);
}
