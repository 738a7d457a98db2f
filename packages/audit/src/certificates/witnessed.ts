import { openNote, type Verifier } from '@fedward/kit-keys';
import { cosignaturesOf, parseCheckpoint, type Checkpoint } from '@fedward/kit-merkle';
import { assertSignedBy } from './entry.js';

/** A head of a log that others have cosigned. */
export interface WitnessedHead extends Checkpoint {
  /** Verifier keys of those that did. */
  readonly cosigned: readonly string[];
}

/**
 * A signed checkpoint of a log with the cosignatures of witnesses under it (C2SP tlog-cosignature).
 * @throws {Error} where a signature does not hold, is of a key that is neither, or nobody has cosigned
 */
export function witnessedHead(note: string, owner: Verifier, witnesses: readonly Verifier[]): WitnessedHead {
  const head = parseCheckpoint(openNote(note, [owner]).text);
  if (head.origin !== owner.name) throw new Error(`it is of the log ${head.origin}`);
  const cosigned = cosignaturesOf(note, witnesses).map(
    ({ name }) => witnesses.find((witness) => witness.name === name)!.verifierKey,
  );
  if (cosigned.length === 0) throw new Error('nobody has cosigned it');
  assertSignedBy(note, 1 + cosigned.length);
  return { ...head, cosigned };
}
