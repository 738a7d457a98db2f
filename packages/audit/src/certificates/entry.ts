import { canonicalJson, type AuditEvent, type EntryProof, type JsonObject } from '@fedward/core';
import { readNote, verifierOf, type Verifier } from '@fedward/kit-keys';
import { parseProof, type Checkpoint } from '@fedward/kit-merkle';
import { decodeDetails } from '../entry.js';
import { openEntryProof } from '../prove.js';

/** An entry that is in its log, for certain. */
export interface ProvedEntry {
  readonly event: AuditEvent;
  readonly index: number;
  /** The signed head that it was proved under. */
  readonly head: Checkpoint;
}

/**
 * Opens the proof of an entry.
 * @param key of the log that it should be in
 * @param details that the log keeps aside
 * @throws {Error} saying what does not hold
 */
export function provedEntry({ entry, proof }: EntryProof, key: Verifier, details?: JsonObject): ProvedEntry {
  const { event, index, aside, checkpoint: head } = openEntryProof({ entry, proof }, [key.verifierKey]);
  const { extra, checkpoint } = parseProof(proof);
  if (extra) throw new Error('its proof has an extra line, which nothing vouches for');
  assertSignedBy(checkpoint, 1);
  if ((aside === undefined) !== (details === undefined))
    throw new Error(
      aside ? 'its details are kept aside, and are not with it' : 'it came with details that are not its',
    );
  if (!aside || !details) return { event, index, head };
  decodeDetails(Buffer.from(canonicalJson(details)), aside);
  return { event: { ...event, details }, index, head };
}

/** @throws {Error} where there are other lines under a note than those that were checked */
export function assertSignedBy(note: string, checked: number): void {
  const { signatures } = readNote(note);
  if (signatures.length !== checked)
    throw new Error(`${signatures.length} signatures are under a checkpoint, of which ${checked} are of known keys`);
}

/**
 * One of the keys that are trusted.
 * @throws {Error} for a key that is none of them, and without one
 */
export function trustedKey(verifierKey: string | undefined, trusted: readonly string[]): Verifier {
  if (verifierKey === undefined) throw new Error('it says no key');
  if (!trusted.includes(verifierKey)) throw new Error(`its key ${verifierKey} is none of those that are trusted`);
  return verifierOf(verifierKey);
}
