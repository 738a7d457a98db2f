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

/** That a leaf is in a log, to be checked by the log's verifier key alone. */
export interface LeafProof {
  /** Of the leaf, from 0 on. */
  readonly index: number;
  /** Inclusion proof (RFC 6962, section 2.1.1), hexadecimal. */
  readonly proof: readonly string[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** The text of a proof. Source: C2SP tlog-proof. */
export function formatProof({ index, proof, checkpoint }: LeafProof): string {
  const hashes = proof.map((hash) => `${base64Of(hash)}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${checkpoint}`;
}

function base64Of(hash: string): string {
  return Buffer.from(hash, 'hex').toString('base64');
}
