import { FedwardError } from '@fedward/core';
import { followRotations, openNote, signNote, verifierOf, type Signer, type Verifier } from '@fedward/kit-keys';
import { formatCheckpoint, MerkleTree } from '@fedward/kit-merkle';
import type { Amendment } from './amendments.js';
import type { Entry } from './entries.js';
import { checkpointPath, createLasting, entryPath, readIfThere, type LedgerPaths } from './files.js';
import { damaged } from './seal.js';
import type { KnownTerms } from './terms.js';

/** What of a ledger is signed, and by whom. */
export interface LedgerSignature {
  /** The first line of its checkpoints, which no other ledger has. */
  readonly origin: string;
  /** Verifier keys, in the order in which they signed: each took the place of the one before. The last is in force. */
  readonly keys: readonly string[];
  /** Number of leaves that the last checkpoint is over: the terms and the entries behind them. */
  readonly size: number;
  /** The last checkpoint: a note (C2SP tlog-checkpoint), signed by the key in force. Null before the first. */
  readonly checkpoint: string | null;
  /** Entries behind it: of a process that died or is at work, whose charge was never acknowledged. Mostly 0, else 1. */
  readonly unsigned: number;
}

/**
 * The signatures of a ledger: a Merkle tree (RFC 6962) over the bytes of its files, the terms first, and behind each entry a
 * checkpoint over all up to it. They begin with the entry that names the key, and do not end again: of what comes after it
 * the very last entry alone may have none yet. Each is written after its entry, so that a process that dies in between leaves
 * a charge that counts; whoever has the key signs it before anything else.
 */
export class Signatures {
  readonly #tree = new MerkleTree();
  readonly #origin: string;
  readonly #keys: string[] = [];
  /** Leaves before the entry that names the first key. */
  #from = 0;
  #size = 0;
  #checkpoint: string | null = null;

  constructor(
    private readonly paths: LedgerPaths,
    { text, hash }: KnownTerms,
  ) {
    this.#tree.append(Buffer.from(text));
    // The hash of the terms and not their id, which keeps the digest of the data from being tried out.
    this.#origin = `/ledger/${hash.slice(0, 16)}`;
  }

  /** The verifier key in force; undefined where nothing is signed. */
  get key(): string | undefined {
    return this.#keys.at(-1);
  }

  get state(): LedgerSignature | null {
    if (this.key === undefined) return null;
    const [origin, keys] = [this.#originOf(this.key), [...this.#keys]];
    const unsigned = this.#tree.size - Math.max(this.#from, this.#size);
    return { origin, keys, size: this.#size, checkpoint: this.#checkpoint, unsigned };
  }

  /**
   * Takes in an entry, and checks what is signed of it.
   * @throws {FedwardError} LEDGER_DAMAGED naming the file; STORAGE_FAILED, and nothing is taken in
   */
  async take({ text, amendment, head }: Entry): Promise<void> {
    const isRotation = amendment !== undefined && 'rotations' in amendment;
    // Of the entry before: it is there by now. A key that is gone signs no more; the next one signs for it.
    if (this.#isPending()) await this.#check(isRotation ? 'may be missing' : 'must be there');
    const path = checkpointPath(this.paths, head.count);
    const signed = await readIfThere(path);
    this.#tree.append(Buffer.from(text));
    if (amendment) this.#amend(amendment, entryPath(this.paths, head.count));
    if (this.key === undefined && signed !== undefined) throw damaged(path, 'it signs a ledger that has named no key');
    if (signed !== undefined) this.#accept(signed, path);
  }

  /** Signs all that is there, unless that is done. @throws {FedwardError} STORAGE_FAILED, LEDGER_DAMAGED */
  async sign(signer: Signer): Promise<void> {
    if (!this.#isPending() || signer.verifierKey !== this.key) return;
    const note = signNote(this.#text(), signer);
    const path = checkpointPath(this.paths, this.#tree.size - 1);
    if (await createLasting(path, note)) this.#accept(note, path);
    else await this.#check('must be there');
  }

  #isPending(): boolean {
    return this.key !== undefined && this.#size < this.#tree.size;
  }

  async #check(rule: 'must be there' | 'may be missing'): Promise<void> {
    const path = checkpointPath(this.paths, this.#tree.size - 1);
    const signed = await readIfThere(path);
    if (signed !== undefined) return this.#accept(signed, path);
    if (rule === 'must be there') throw damaged(path, 'the signature is missing, and there are later entries');
  }

  #accept(note: string, path: string): void {
    const why = this.#faultOf(note);
    if (why !== undefined) throw damaged(path, why);
    this.#size = this.#tree.size;
    this.#checkpoint = note;
  }

  #faultOf(note: string): string | undefined {
    try {
      const { text } = openNote(note, [verifierOf(this.key!)]);
      return text === this.#text() ? undefined : 'what is signed is not what is in the ledger';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #text(): string {
    return formatCheckpoint({ origin: this.#originOf(this.key!), size: this.#tree.size, root: this.#tree.root });
  }

  #originOf(key: string): string {
    return `${verifierOf(key).name}${this.#origin}`;
  }

  #amend(amendment: Amendment, path: string): void {
    try {
      if ('verifierKey' in amendment) this.#begin(amendment.verifierKey);
      if ('rotations' in amendment) this.#rotate(amendment.rotations);
    } catch (error) {
      throw damaged(path, error instanceof Error ? error.message : String(error));
    }
  }

  #begin(verifierKey: string): void {
    if (this.key !== undefined) throw new Error('it names a second key, and no rotation to it');
    this.#keys.push(verifierOf(verifierKey).verifierKey);
    this.#from = this.#tree.size - 1;
  }

  #rotate(statements: readonly string[]): void {
    if (this.key === undefined) throw new Error('a key is rotated, and nothing was signed');
    const [, ...next] = followRotations(this.key, statements).map(({ verifierKey }) => verifierKey);
    if (next.length !== statements.length) throw new Error('a rotation is not of the key that signed before');
    this.#keys.push(...next);
  }
}

/**
 * What is needed for a signer to sign where another key is in force.
 * @param statements of rotation, of any keys
 * @returns those that lead from one to the other
 * @throws {FedwardError} CONFIG_INCOMPATIBLE (`signer`) where none do; SIGNATURE_INVALID, MESSAGE_INVALID for false ones
 */
export function rotationsTo(
  signer: Signer,
  inForce: string,
  statements: readonly string[],
  directory: string,
): readonly string[] {
  const chain = followRotations(inForce, statements).map(({ verifierKey }) => verifierKey);
  const steps = chain.indexOf(signer.verifierKey);
  if (steps < 0)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `the ledger in ${directory} is signed by the key ${inForce}, and not by ${signer.verifierKey}: give its own key, or the ` +
        'statements of rotation that lead from it to this one',
      'signer',
    );
  const from = chain.slice(0, steps);
  return from.map((key) => statements.find((statement) => statement.includes(`\nfrom ${key}\n`))!);
}

/**
 * The first of a ledger's keys that is trusted: those after it followed by its word. Undefined where none is, and where
 * nothing is signed yet.
 */
export function trustedKey(
  signature: LedgerSignature | null,
  trusted: readonly Pick<Verifier, 'verifierKey'>[],
): string | undefined {
  if (!signature?.checkpoint) return undefined;
  return signature.keys.find((key) => trusted.some(({ verifierKey }) => verifierKey === key));
}
