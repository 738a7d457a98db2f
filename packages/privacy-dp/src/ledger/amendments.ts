import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { dataDigestShape } from './terms.js';

/**
 * What a ledger learns about itself after it was made. Its terms are written once and never changed, so that this is an
 * entry among the releases, in the same chain, under the same signatures.
 */
export type Amendment =
  /** The data that it belongs to, of a ledger that was made without their digest. */
  | { readonly dataDigest: string }
  /** From this entry on each one is signed, by this key. */
  | { readonly verifierKey: string }
  /** From this entry on another key signs: statements of rotation, from the one before to it. */
  | { readonly rotations: readonly string[] };

/** As it stands in its file, beside the entry's own members. */
export const amendmentShape = {
  time: z.string(),
  /** Random: hashes of this entry are passed on, and the digest of data can't be tried out on them. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  amends: z.union([
    z.strictObject({ dataDigest: dataDigestShape }),
    z.strictObject({ verifierKey: z.string() }),
    z.strictObject({ rotations: z.array(z.string()).min(1).readonly() }),
  ]),
};

/** An amendment and what stands beside it. */
export interface AmendmentEntry {
  readonly time: string;
  readonly nonce: string;
  readonly amends: Amendment;
}

export function amendmentOf(amends: Amendment, time: string): AmendmentEntry {
  return { time, nonce: randomBytes(16).toString('hex'), amends };
}
