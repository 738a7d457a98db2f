import { FedwardError } from '@fedward/core';
import { keyIdOf, lineOf, readNote, type Signer, type Verifier } from '@fedward/kit-keys';

/** The type of a key that cosigns. Source: C2SP tlog-cosignature. */
const ed25519Cosignature = 0x04;

/** That a witness has seen a log at a checkpoint, and that it had only grown till then. */
export interface Cosignature {
  /** Of the witness. */
  readonly name: string;
  /** When, in seconds since 1970. */
  readonly time: number;
}

/**
 * The line by which a witness cosigns a checkpoint: Ed25519 over `cosignature/v1`, the time, and the text of the
 * checkpoint. Source: C2SP tlog-cosignature.
 *
 * @param note the checkpoint with its signatures, or its text alone
 * @param time in seconds since 1970
 */
export function cosign(note: string, signer: Signer, time: number): string {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = signer.sign(messageOf(textOf(note), time));
  return lineOf(signer.name, keyIdFor(signer), Buffer.concat([stamp, signature]));
}

/**
 * The cosignatures of these witnesses under a checkpoint. Those of others are passed over.
 * @param note the checkpoint with all lines under it
 * @param witnesses by the keys that they sign notes with; the key of a cosignature is the same with another type
 * @throws {FedwardError} SIGNATURE_INVALID where one of theirs does not hold; MESSAGE_INVALID for no note
 */
export function cosignaturesOf(note: string, witnesses: readonly Verifier[]): Cosignature[] {
  const { text, signatures } = readNote(note);
  const found: Cosignature[] = [];
  for (const { name, keyId, signature } of signatures) {
    const witness = witnesses.find((one) => one.name === name && keyIdFor(one) === keyId);
    if (!witness) continue;
    const bytes = Buffer.from(signature);
    const time = bytes.length === 72 ? Number(bytes.readBigUInt64BE(0)) : NaN;
    if (!Number.isSafeInteger(time) || !witness.verify(messageOf(text, time), bytes.subarray(8)))
      throw new FedwardError('SIGNATURE_INVALID', `the cosignature of ${name} is not of this checkpoint`, name);
    found.push({ name, time });
  }
  return found;
}

/** Verifier key of a witness for its cosignatures: `name+key id+base64(0x04 || public key)`. */
export function cosignerKeyOf({ name, verifierKey }: Pick<Signer, 'name' | 'verifierKey'>): string {
  const typed = typedKeyOf(verifierKey);
  return `${name}+${keyIdOf(name, typed).toString(16).padStart(8, '0')}+${typed.toString('base64')}`;
}

function keyIdFor({ name, verifierKey }: Pick<Signer, 'name' | 'verifierKey'>): number {
  const found = keyIds.get(verifierKey) ?? keyIdOf(name, typedKeyOf(verifierKey));
  if (keyIds.size >= mostKeyIds) keyIds.clear();
  keyIds.set(verifierKey, found);
  return found;
}

/** By verifier key, which has the name in it. */
const keyIds = new Map<string, number>();
const mostKeyIds = 1000;

/** @param verifierKey of type 0x01 or 0x04, whose last part is type and key */
function typedKeyOf(verifierKey: string): Buffer {
  const typed = Buffer.from(verifierKey.slice(verifierKey.indexOf('+', verifierKey.indexOf('+') + 1) + 1), 'base64');
  typed[0] = ed25519Cosignature;
  return typed;
}

function messageOf(text: string, time: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}

function textOf(note: string): string {
  const end = note.lastIndexOf('\n\n');
  return end < 0 ? note : note.slice(0, end + 1);
}
