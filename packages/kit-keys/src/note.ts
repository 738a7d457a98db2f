import { FedwardError } from '@fedward/core';
import { bytesOfBase64 } from './base64.js';
import { assertKeyName, verifierOf, type Signer, type Verifier } from './signer.js';

/** One line of signature under a note. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A note whose signatures are not checked. */
export interface ReadNote {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note at least one of whose signatures is of a known key. */
export interface OpenedNote {
  readonly text: string;
  /** The keys whose signatures hold, in the order of their lines. */
  readonly verified: readonly Verifier[];
}

const mostBytes = 2 ** 20;
const mostSignatures = 100;

/**
 * A text with the signature of each of these keys under it. Source: C2SP signed-note.
 * @param text well-formed, ending in a newline, without control characters but newlines
 * @throws {FedwardError} ARGUMENT_INVALID for another text
 */
export function signNote(text: string, ...signers: readonly Signer[]): string {
  if (!isText(text)) throw new FedwardError('ARGUMENT_INVALID', 'a note is text that ends in a newline', 'text');
  return `${text}\n${signers.map((signer) => signatureLine(signer, Buffer.from(text))).join('')}`;
}

/** `— name base64(key id || signature)` and a newline. @param signed what the signature is over */
export function signatureLine(signer: Signer, signed: Uint8Array): string {
  return lineOf(signer.name, verifierOf(signer.verifierKey).keyId, signer.sign(signed));
}

/** @param signature with whatever its type puts before it */
export function lineOf(name: string, keyId: number, signature: Uint8Array): string {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * The parts of a note, its signatures not checked. Source: C2SP signed-note.
 * @throws {FedwardError} MESSAGE_INVALID for what is no note
 */
export function readNote(note: string): ReadNote {
  if (Buffer.byteLength(note) > mostBytes) throw noNote('it is larger than 1 MiB');
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const block = note.slice(end + 2);
  if (end < 0 || !isText(text)) throw noNote('it has no text with signatures under it');
  if (!block.endsWith('\n')) throw noNote('its last line has no end');
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > mostSignatures) throw noNote(`it has more than ${mostSignatures} signatures`);
  return { text, signatures: lines.map(signatureOf) };
}

/**
 * A note that a known key has signed. Signatures of unknown keys count for nothing; a wrong one of a known key rejects
 * the whole note. Source: C2SP signed-note.
 * @throws {FedwardError} SIGNATURE_INVALID where none is of a known key, or one of them is wrong; MESSAGE_INVALID for no note
 */
export function openNote(note: string, known: readonly Verifier[]): OpenedNote {
  const before = opened.get(note);
  if (before && before.by.length === known.length && before.by.every((one, i) => one === known[i])) return before.found;
  const found = openNoteAnew(note, known);
  if (note.length > mostRemembered) return found;
  if (opened.size >= mostOpened) opened.delete(opened.keys().next().value!);
  opened.set(note, { by: [...known], found });
  return found;
}

/** Those that held and were opened last: a log's head comes with each proof of an entry in it, and a signature takes long. */
const opened = new Map<string, { readonly by: readonly Verifier[]; readonly found: OpenedNote }>();
const [mostOpened, mostRemembered] = [200, 4096];

function openNoteAnew(note: string, known: readonly Verifier[]): OpenedNote {
  const { text, signatures } = readNote(note);
  const bytes = Buffer.from(text);
  const verified: Verifier[] = [];
  for (const { name, keyId, signature } of signatures) {
    const verifier = known.find((one) => one.name === name && one.keyId === keyId);
    if (!verifier || verified.includes(verifier)) continue;
    if (!verifier.verify(bytes, signature))
      throw new FedwardError('SIGNATURE_INVALID', `the signature of ${name} is not of this text`, name);
    verified.push(verifier);
  }
  if (verified.length > 0) return { text, verified };
  const names = signatures.map(({ name }) => name).join(', ');
  throw new FedwardError('SIGNATURE_INVALID', `none of the keys that are trusted has signed it (${names} has)`, names);
}

function signatureOf(line: string): NoteSignature {
  const match = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  if (!match) throw noNote('a line under its text is no signature');
  const [, name, encoded] = match as unknown as [string, string, string];
  const bytes = bytesOfBase64(encoded);
  if (!bytes || bytes.length < 5) throw noNote('a signature is no base64');
  assertKeyName(name);
  return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) };
}

function isText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- which these are is the point
  return text.length > 1 && text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function noNote(why: string): FedwardError {
  return new FedwardError('MESSAGE_INVALID', `not a signed note: ${why}`, 'note');
}
