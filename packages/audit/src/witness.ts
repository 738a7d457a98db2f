import {
  FedwardError,
  hasCode,
  isFedwardError,
  parseWith,
  type AuditHead,
  type EntryProof,
  type Witness,
} from '@fedward/core';
import { fileMode, flush, makeFolder, syncFolder, writeFully } from '@fedward/kit-files';
import { openNote, readNote, verifierOf, type Signer, type Verifier } from '@fedward/kit-keys';
import { cosign, cosignaturesOf, parseCheckpoint, verifyConsistency, type Checkpoint } from '@fedward/kit-merkle';
import { closeSync, constants, ftruncateSync, fstatSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { reasonOf } from './event.js';
import { ioFailure, tampered } from './files.js';
import { openEntryProof } from './prove.js';
import { encodeNoted, readNoted, type NotedHead } from './noted.js';

/** Of `openWitness`. */
export interface WitnessOptions {
  /** Cosigns what was found consistent. */
  readonly signer: Signer;
  /**
   * Verifier key of each whose log is noted; several while one hands over to another. Where there is none the first key that
   * is met is taken, by its name and id, and no other after it: a signature of it can't be checked without the key.
   */
  readonly known?: ((who: string) => string | readonly string[] | undefined) | undefined;
  /** Time of cosignatures. ISO 8601, UTC. Default: the clock. */
  readonly now?: (() => string) | undefined;
  /** Whether a head must be on disk before `note` resolves. Default: true. */
  readonly fsync?: boolean | undefined;
}

/** A witness that keeps what it has noted in a file. */
export interface FileWitness extends Witness {
  /** Where the logs stood that were noted, oldest first. @param who of one of them alone */
  heads(who?: string): readonly NotedHead[];
  close(): Promise<void>;
}

const optionsSchema = z.object({
  signer: z.custom<Signer>((value) => typeof (value as Signer | null)?.sign === 'function', 'must be a signer'),
  fsync: z.boolean().default(true),
});

/**
 * Opens what a witness has noted, or begins it: a file to which a line is added for each head. One process writes to it.
 * A line that a crash has cut off was not acknowledged, and is removed.
 *
 * @throws {FedwardError} AUDIT_TAMPERED for lines that are none, or that this witness has not cosigned; AUDIT_FAILED where the
 *   disk refuses; CONFIG_INVALID for bad options
 */
export async function openWitness(path: string, options: WitnessOptions): Promise<FileWitness> {
  const { fsync, signer } = parseWith(optionsSchema, options, 'openWitness.options');
  const file = resolve(path);
  await makeFolder(dirname(file)).catch((error: Error) => {
    throw ioFailure('write', dirname(file), error.cause);
  });
  let fd: number | undefined;
  try {
    fd = openSync(file, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), fileMode);
    const { heads, end } = await readNoted(file);
    const self = verifierOf(signer.verifierKey);
    for (const { checkpoint, cosignature } of heads) cosignaturesOf(checkpoint + cosignature, [self]);
    ftruncateSync(fd, end);
    if (fsync) {
      await flush(fd);
      await syncFolder(dirname(file));
    }
    return new HeadKeeper(file, fd, end, heads, { ...options, fsync });
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (hasCode(error, 'SIGNATURE_INVALID') || hasCode(error, 'MESSAGE_INVALID')) throw tampered(file, reasonOf(error));
    throw isFedwardError(error) ? error : ioFailure('write', file, error);
  }
}

class HeadKeeper implements FileWitness {
  readonly #heads: NotedHead[];
  readonly #last = new Map<string, NotedHead>();
  #end: number;
  #noting: Promise<unknown> = Promise.resolve();
  #failure: FedwardError | undefined;
  #open = true;

  constructor(
    private readonly path: string,
    private readonly fd: number,
    end: number,
    heads: readonly NotedHead[],
    private readonly options: WitnessOptions & { readonly fsync: boolean },
  ) {
    this.#end = end;
    this.#heads = [...heads];
    for (const head of heads) this.#last.set(head.who, head);
  }

  heads(who?: string): readonly NotedHead[] {
    return this.#heads.filter((head) => who === undefined || head.who === who);
  }

  seen(who: string): Promise<number> {
    return Promise.resolve(this.#last.get(who)?.size ?? 0);
  }

  /** One after the other: each is held against the one before. */
  note(who: string, head: AuditHead): Promise<string> {
    const noted = this.#noting.then(() => this.#note(who, head));
    this.#noting = noted.catch(() => undefined);
    return noted;
  }

  async #note(who: string, head: AuditHead): Promise<string> {
    if (!this.#open) throw new FedwardError('AUDIT_FAILED', 'the witness is closed', this.path);
    if (this.#failure) throw this.#failure;
    const checkpoint = this.#checked(who, head);
    const { size, root } = checkpoint;
    const last = this.#last.get(who);
    if (last) assertGrown(who, last, checkpoint, head);
    const time = this.options.now?.() ?? new Date().toISOString();
    const note = head.checkpoint!;
    const cosignature = cosign(note, this.options.signer, Math.floor(Date.parse(time) / 1000));
    // What is said again is kept already.
    if (last?.size !== size) await this.#keep({ who, size, root, time, checkpoint: note, cosignature });
    return cosignature;
  }

  /** What a head says, signed by whom it should be. */
  #checked(who: string, { index, root, checkpoint: note }: AuditHead): Checkpoint {
    const refuse = (why: string, cause?: unknown): never => {
      throw new FedwardError('SIGNATURE_INVALID', `the head of the log of ${who} ${why}`, who, { cause });
    };
    if (note === undefined) return refuse('is not signed');
    let checkpoint: Checkpoint;
    try {
      checkpoint = parseCheckpoint(note);
      const names = this.#signedBy(who, note);
      if (!names.includes(checkpoint.origin)) refuse(`is of ${checkpoint.origin}, and signed by ${names.join(', ')}`);
    } catch (error) {
      return refuse(`does not hold: ${reasonOf(error)}`, error);
    }
    if (checkpoint.size !== index + 1 || checkpoint.root !== root)
      throw told(
        who,
        `says one thing and its checkpoint another (${checkpoint.size} entries, root ${checkpoint.root})`,
      );
    return checkpoint;
  }

  /** @returns the names of the keys that have signed it */
  #signedBy(who: string, note: string): string[] {
    const keys = this.options.known?.(who);
    if (keys !== undefined) return openNote(note, [keys].flat().map(verifierOf)).verified.map(({ name }) => name);
    const now = readNote(note).signatures[0]!;
    const last = this.#last.get(who);
    const pinned = last && readNote(last.checkpoint).signatures[0]!;
    if (pinned && (pinned.name !== now.name || pinned.keyId !== now.keyId))
      throw new FedwardError('SIGNATURE_INVALID', `another key than that of ${pinned.name}, which was met first`, who);
    return [now.name];
  }

  assertCosigned(who: string, checkpoint: string, cosignature: string): void {
    this.#asserting(who, 'has not cosigned this', (keys) => {
      if (cosignaturesOf(checkpoint + cosignature, keys).length === 0) throw new Error('there is no line of it');
    });
  }

  assertLogged(who: string, entry: EntryProof): void {
    this.#asserting(who, 'does not have this in its log', (keys) => {
      openEntryProof(
        entry,
        keys.map(({ verifierKey }) => verifierKey),
      );
    });
  }

  /** Whatever is wrong with what someone sent is a signature that does not hold, or a log that is not the one. */
  #asserting(who: string, what: string, check: (keys: readonly Verifier[]) => void): void {
    const keys = this.options.known?.(who);
    try {
      if (keys === undefined) throw new Error('its key is not known');
      check([keys].flat().map(verifierOf));
    } catch (error) {
      const code = isFedwardError(error) && error.code === 'AUDIT_TAMPERED' ? error.code : 'SIGNATURE_INVALID';
      throw new FedwardError(code, `${who} ${what}: ${reasonOf(error)}`, who, { cause: error });
    }
  }

  async #keep(head: NotedHead): Promise<void> {
    const line = encodeNoted(head);
    let half = false;
    try {
      if (fstatSync(this.fd).size !== this.#end) throw new Error('another program has changed it since it was opened');
      half = true;
      writeFully(this.fd, line, this.#end);
      if (this.options.fsync) await flush(this.fd);
    } catch (error) {
      if (half) this.#cut();
      this.#failure = ioFailure('write', this.path, error);
      throw this.#failure;
    }
    this.#end += line.length;
    this.#heads.push(head);
    this.#last.set(head.who, head);
  }

  /** What was not acknowledged, if it can be taken back. */
  #cut(): void {
    try {
      ftruncateSync(this.fd, this.#end);
    } catch {
      // then it stays: a line that is whole was cosigned, and one that is not is cut off when the file is next opened
    }
  }

  async close(): Promise<void> {
    await this.#noting;
    if (this.#open) closeSync(this.fd);
    this.#open = false;
  }
}

/** @throws {FedwardError} AUDIT_TAMPERED unless the log is the one that was noted, grown, and that is shown */
function assertGrown(who: string, last: NotedHead, { origin, size, root }: Checkpoint, { grown }: AuditHead): void {
  const before = `the one that had ${last.size} entries and root ${last.root} at ${last.time}`;
  if (origin !== parseCheckpoint(last.checkpoint).origin)
    throw told(who, `is of another log (${origin}) than ${before}`);
  if (size < last.size) throw told(who, `has ${size} entries: it is shorter than ${before}`);
  if (size === last.size) {
    if (root !== last.root) throw told(who, `has root ${root} at ${size} entries: it was written anew after ${before}`);
    return;
  }
  if (last.size === 0) return;
  const growth = grown?.find((one) => one.size === last.size);
  if (!growth) throw told(who, `does not show that it is ${before}, grown to ${size}`);
  const claim = { firstSize: last.size, firstRoot: last.root, secondSize: size, secondRoot: root };
  if (!verifyConsistency({ ...claim, proof: growth.proof }))
    throw told(who, `at ${size} entries is not ${before}: what was in there was written anew`);
}

function told(who: string, what: string): FedwardError {
  return new FedwardError('AUDIT_TAMPERED', `the log of ${who} ${what}`, who);
}
