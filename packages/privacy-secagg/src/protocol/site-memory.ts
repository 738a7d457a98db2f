/** What a site remembers of one round, in memory alone. */
export type Memory = {
  /** Digest of the round. */
  readonly round: string;
  readonly channel: Keys;
  readonly mask: Keys;
  /** Of the mask that only this site knows. */
  readonly seed: Uint8Array;
  readonly threshold?: number;
  /** All that showed their keys, itself too. */
  readonly members?: Members;
  /** Shares of others' secrets, and of its own, by whose they are: seed, then mask. */
  readonly shares?: Shares;
  /** Whose shares it was given: those who take part. */
  readonly participants?: readonly string[];
  /** Digest of what it was sent; there once its masked update has left. */
  readonly sent?: string;
  readonly survivors?: readonly string[];
  readonly told?: boolean;
};
type Keys = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
type Members = { readonly [id: string]: { readonly channel: Uint8Array; readonly mask: Uint8Array } };
export type Shares = { readonly [id: string]: readonly [seed: Uint8Array, mask: Uint8Array] };

const none = new Uint8Array(0);
/** What a site needs no more once its update has left: whoever breaks in later finds nothing that takes its masks off. */
export const forgotten = {
  channel: { publicKey: none, secretKey: none },
  mask: { publicKey: none, secretKey: none },
  seed: none,
};
