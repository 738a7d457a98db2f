import { FedwardError, type AuditHead, type EntryProof } from '@fedward/core';
import { rotationOf, type Signer } from '@fedward/kit-keys';
import { formatProof, inclusionProofFrom, signCheckpoint, tileWidth } from '@fedward/kit-merkle';
import type { SignedAuditLog } from './audit-log.js';
import { tampered } from './files.js';
import { FileAuditLog, type OpenFiles } from './log.js';
import { openedEvent, type Opener } from './opener.js';
import { readBundle } from './tile-files.js';

/** A log whose checkpoints are signed notes. */
export class FileSignedLog extends FileAuditLog implements SignedAuditLog {
  #opener: Opener & { readonly signer: Signer };

  constructor(files: OpenFiles, opener: Opener & { readonly signer: Signer }) {
    super(files);
    this.#opener = opener;
  }

  get verifierKey(): string {
    return this.#opener.signer.verifierKey;
  }

  override async head(known: readonly number[] = []): Promise<AuditHead | null> {
    // The proofs take a while, in which the log may grow: what is told is of one moment.
    const { note: checkpoint } = this.standing;
    const head = await super.head(known);
    return head && { ...head, checkpoint };
  }

  async prove(index: number): Promise<EntryProof> {
    const { size, note: checkpoint } = this.standing;
    const { tiles, paths } = this.files;
    const proof = await inclusionProofFrom((...at) => tiles.read(...at), index, size);
    const leaf = tiles.leaf(index) ?? (await this.#stored(index));
    if (!leaf) throw new FedwardError('ARGUMENT_INVALID', `entry ${index} of ${paths.directory} was let go`, 'index');
    return { entry: leaf.toString('utf8'), proof: formatProof({ index, proof, checkpoint }) };
  }

  async #stored(index: number): Promise<Buffer | undefined> {
    const { directory } = this.files.paths;
    const bundle = Math.floor(index / tileWidth);
    const at = index - bundle * tileWidth;
    const entries = await readBundle(directory, bundle, tileWidth);
    if (entries && !entries[at]) throw tampered(directory, `entry ${index} is missing`);
    return entries?.[at]?.bytes;
  }

  async rotate(signer: Signer): Promise<void> {
    const { name, verifierKey } = this.#opener.signer;
    if (signer.name !== name)
      throw new FedwardError('ARGUMENT_INVALID', `the log is that of ${name}, not of ${signer.name}`, 'signer');
    const { now, runId, signer: old } = this.#opener;
    const time = now();
    // Checkpoints are replaced: without this nothing in a closed log would be of the old key.
    const { statement } = rotationOf(old, signer, time);
    const details = { from: verifierKey, to: signer.verifierKey, statement };
    await this.add({ type: 'key-rotated', time, runId, details }, () => {
      this.#opener = { ...this.#opener, signer };
      this.signWith((size, root) => signCheckpoint(size, root, signer));
    });
    await this.add(openedEvent(this.#opener));
  }
}
