import { createHash } from 'node:crypto';
import { canonicalJson } from './json.js';

/** SHA-256 (FIPS 180-4) as 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `sha256:` and the digest of the canonical JSON (RFC 8785) of a value. */
export function digestJson(value: unknown): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}
