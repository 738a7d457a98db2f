import { hash } from 'node:crypto';

const blockBytes = 64;

/**
 * HMAC-SHA256 (RFC 2104, section 2) of many short messages under one key: Node's own makes an object for each, which
 * takes three times as long as hashing does, and a split asks for one a record.
 *
 * @param key not empty
 * @returns of a message the first 48 bits, as an integer
 */
export function hmacSha256(key: string | Uint8Array): (kind: string, message: string | Uint8Array) => number {
  const bytes = Buffer.from(key as string); // of bytes a copy
  const block = Buffer.alloc(blockBytes);
  if (bytes.length > blockBytes) block.write(hash('sha256', bytes, 'hex'), 'hex');
  else block.set(bytes);
  const inner = block.map((byte) => byte ^ 0x36);
  const outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  let within = Buffer.alloc(0);
  return (kind, message) => {
    const bytes = typeof message === 'string' ? Buffer.from(message) : message;
    const start = blockBytes + Buffer.byteLength(kind);
    if (within.length !== start + bytes.length) within = Buffer.alloc(start + bytes.length); // records are of one length
    within.set(inner);
    within.write(kind, blockBytes);
    within.set(bytes, start);
    outer.write(hash('sha256', within, 'hex'), blockBytes, 'hex');
    return parseInt(hash('sha256', outer, 'hex').slice(0, 12), 16);
  };
}
