import { FedwardError, isFedwardError, sha256 } from '@fedward/core';
import { openNote, signNote, type Signer, type Verifier } from '@fedward/kit-keys';
import * as z from 'zod';
import type { PackFault } from './fault.js';
import { proofFaults } from './proofs.js';

const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  planHash: z.string(),
  /** SHA-256 by file, hexadecimal, as `sha256sum` prints it. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
/** What a pack holds, file by file. */
export type PackManifest = z.output<typeof manifestSchema>;

/** What is in no manifest: the manifest, and the note over it. */
export const manifestFile = 'manifest.json';
export const noteFile = 'manifest.note';

export function manifestOf(
  files: ReadonlyMap<string, Uint8Array>,
  run: { readonly runId: string; readonly planHash: string },
): PackManifest {
  const listed = [...files].filter(([file]) => file !== manifestFile && file !== noteFile);
  const digests = listed.map(([file, content]) => [file, sha256(content)] as const);
  return { schemaVersion: 1, ...run, files: Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** What is signed: whose pack it is, and the digest of its manifest. */
export function manifestText(
  { runId, planHash }: Pick<PackManifest, 'runId' | 'planHash'>,
  manifest: Uint8Array,
): string {
  return `fedward evidence pack v1\nrun ${JSON.stringify(runId)}\nplan ${planHash}\nmanifest sha256:${sha256(manifest)}\n`;
}

/**
 * The files with `manifest.note`: a signed note (C2SP signed-note) over the manifest.
 * @throws {FedwardError} MESSAGE_INVALID for files without a manifest
 */
export function signPack(
  files: ReadonlyMap<string, Uint8Array>,
  ...signers: readonly Signer[]
): Map<string, Uint8Array> {
  const bytes = files.get(manifestFile);
  const manifest = bytes && parsedManifest(bytes);
  if (!bytes || !manifest) throw new FedwardError('MESSAGE_INVALID', `the pack has no ${manifestFile}`, manifestFile);
  return new Map(files).set(noteFile, Buffer.from(signNote(manifestText(manifest, bytes), ...signers)));
}

/** What was found in a pack. */
export interface PackVerification {
  readonly ok: boolean;
  readonly runId: string | null;
  readonly planHash: string | null;
  readonly files: number;
  /** True where it has a note, whether or not any key of it is known. */
  readonly signed: boolean;
  /** Names of the known keys whose signatures hold. */
  readonly signedBy: readonly string[];
  readonly faults: readonly PackFault[];
}

/**
 * Holds a pack's files against its manifest, and the manifest against the keys that are trusted.
 * @param keys of those whose signature is asked for; empty: digests alone are looked at
 */
export function verifyPack(files: ReadonlyMap<string, Uint8Array>, keys: readonly Verifier[]): PackVerification {
  const bytes = files.get(manifestFile);
  const manifest = bytes && parsedManifest(bytes);
  const note = files.get(noteFile);
  if (!bytes || !manifest) {
    const message = bytes ? 'it is not the manifest of a pack' : 'the file is missing';
    const found = { runId: null, planHash: null, files: files.size, signed: note !== undefined, signedBy: [] };
    return { ok: false, ...found, faults: [{ file: manifestFile, message }] };
  }
  const faults: PackFault[] = [];
  for (const [file, digest] of Object.entries(manifest.files)) {
    const content = files.get(file);
    if (!content) faults.push({ file, message: 'the file is missing' });
    else if (sha256(content) !== digest)
      faults.push({ file, message: `it was changed: its SHA-256 is ${sha256(content)}, the manifest says ${digest}` });
  }
  for (const file of files.keys())
    if (file !== manifestFile && file !== noteFile && !Object.hasOwn(manifest.files, file))
      faults.push({ file, message: 'the manifest says nothing of it' });
  faults.push(...proofFaults(files));
  const signedBy = signersOf(manifest, bytes, note, keys, faults);
  const { runId, planHash } = manifest;
  const found = { runId, planHash, files: files.size, signed: note !== undefined, signedBy };
  return { ok: faults.length === 0, ...found, faults };
}

function signersOf(
  manifest: PackManifest,
  bytes: Uint8Array,
  note: Uint8Array | undefined,
  keys: readonly Verifier[],
  faults: PackFault[],
): string[] {
  if (keys.length === 0) return [];
  if (!note) {
    faults.push({ file: noteFile, message: 'the file is missing: nobody has signed the pack' });
    return [];
  }
  try {
    const { text, verified } = openNote(Buffer.from(note).toString('utf8'), keys);
    if (text !== manifestText(manifest, bytes)) faults.push({ file: noteFile, message: 'it is of another manifest' });
    return verified.map(({ name }) => name);
  } catch (error) {
    if (!isFedwardError(error)) throw error;
    faults.push({ file: noteFile, message: error.message });
    return [];
  }
}

function parsedManifest(bytes: Uint8Array): PackManifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
