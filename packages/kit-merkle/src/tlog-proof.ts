import { FedwardError } from '@fedward/core';
import { bytesOfBase64, openNote, type Verifier } from '@fedward/kit-keys';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { verifyInclusion } from './proofs.js';

/** That an entry is in a log, to be checked without the log. Source: C2SP tlog-proof. */
export interface TlogProof {
  /** Of the entry, from 0 on. */
  readonly index: number;
  /** Hashes from the leaf's sibling up, hexadecimal (RFC 6962, section 2.1.1). */
  readonly proof: readonly string[];
  /** With its signatures and cosignatures. */
  readonly checkpoint: string;
  /** Whatever goes with it; nothing vouches for it. */
  readonly extra?: Uint8Array;
}

const header = 'c2sp.org/tlog-proof@v1';

/** As it stands in a file, by custom `.tlog-proof`. Source: C2SP tlog-proof. */
export function formatProof({ index, proof, checkpoint, extra }: TlogProof): string {
  const lines = proof.map((hash) => Buffer.from(hash, 'hex').toString('base64'));
  const more = extra === undefined ? [] : [`extra ${Buffer.from(extra).toString('base64')}`];
  return [header, ...more, `index ${index}`, ...lines, '', checkpoint].join('\n');
}

/** @throws {FedwardError} MESSAGE_INVALID for what is no such proof */
export function parseProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (first !== header) throw noProof(`its first line is not ${header}`);
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift()!.slice(6)) : undefined;
  const digits = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1];
  const index = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(index)) throw noProof('it names no index');
  const proof = lines.map((line) => {
    const hash = base64(line);
    if (hash.length !== 32) throw noProof('one of its hashes is no SHA-256');
    return hash.toString('hex');
  });
  return { index, proof, checkpoint: text.slice(end + 2), ...(extra !== undefined && { extra }) };
}

/**
 * The checkpoint of a log that holds the leaf where the proof says, and that one of these keys has signed.
 * @param leaf its hash, hexadecimal
 * @param keys of the log
 * @throws {FedwardError} MESSAGE_INVALID for no proof; SIGNATURE_INVALID where no such key vouches for the checkpoint, or it
 *   is of another log than the key's; AUDIT_TAMPERED where the leaf is not in there
 */
export function openProof(text: string, leaf: string, keys: readonly Verifier[]): Checkpoint {
  const { index, proof, checkpoint } = parseProof(text);
  const { text: signed, verified } = openNote(checkpoint, keys);
  const head = parseCheckpoint(signed);
  if (!verified.some(({ name }) => isOriginOf(head.origin, name)))
    throw new FedwardError('SIGNATURE_INVALID', `the key that has signed is not that of ${head.origin}`, head.origin);
  if (!verifyInclusion({ leafHash: leaf, index, size: head.size, proof, root: head.root }))
    throw new FedwardError('AUDIT_TAMPERED', `this is not entry ${index} of ${head.origin} at ${head.size} entries`);
  return head;
}

function base64(text: string): Buffer {
  const bytes = bytesOfBase64(text);
  if (!bytes) throw noProof('a line of it is no base64');
  return bytes;
}

function noProof(why: string): FedwardError {
  return new FedwardError('MESSAGE_INVALID', `not a tlog-proof: ${why}`, 'proof');
}

/** A key signs the log of its name, and the ledgers of its host: `NAME/ledger/` and 16 hexadecimal digits. */
function isOriginOf(origin: string, name: string): boolean {
  return (
    origin === name || (origin.startsWith(`${name}/ledger/`) && /^[0-9a-f]{16}$/.test(origin.slice(name.length + 8)))
  );
}
