/** Where a log stands. */
export interface TreeHead {
  /** Which log it is: the first line of its checkpoints. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** RFC 6962, 64 hexadecimal digits. */
  readonly root: string;
}

/** The text of a checkpoint, which a note signs. Source: C2SP tlog-checkpoint. */
export function formatCheckpoint({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${base64Of(root)}\n`;
}

/**
 * That a leaf is in a log, to be checked by the log's verifier key alone. Source: C2SP tlog-proof.
 * @param index of the leaf, from 0 on
 * @param proof inclusion proof (RFC 6962, section 2.1.1), hexadecimal
 * @param checkpoint the signed note
 */
export function formatProof(index: number, proof: readonly string[], checkpoint: string): string {
  const hashes = proof.map((hash) => `${base64Of(hash)}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${checkpoint}`;
}

function base64Of(hash: string): string {
  return Buffer.from(hash, 'hex').toString('base64');
}
