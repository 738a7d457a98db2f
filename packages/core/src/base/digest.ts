import { hash } from 'node:crypto';
import { canonicalJson } from './json.js';

/** SHA-256 (FIPS 180-4) as 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** `sha256:` and the digest of the canonical JSON (RFC 8785) of a value. */
export function digestJson(value: unknown): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}
