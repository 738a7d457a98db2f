import { identity } from './crypto/identity.js';

/** Who a site is, beyond a round: an Ed25519 key pair (RFC 8032), 32 bytes each. */
export interface SiteKeys {
  /** For the plan, in hexadecimal. */
  readonly publicKey: Uint8Array;
  /** The site's own: whoever has it can sign for the site. */
  readonly secretKey: Uint8Array;
}

/** A new identity from the operating system's CSPRNG. */
export function createIdentity(): SiteKeys {
  return identity();
}
