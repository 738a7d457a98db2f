import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  openEntryProof,
  parseEntryProof,
  verifyCertificate,
  type CertificateVerification,
  type ProvenEntry,
} from '@fedward/audit';
import { FedwardError, wordsOf } from '@fedward/core';
import { readBytes, readJson } from '@fedward/kit-files';
import { readVerifierKeys } from '@fedward/kit-keys';
import { misnamedIn } from '@fedward/sim-healthcare';
import { printJson, printLine } from '../terminal/output.js';
import { ownKeys } from './verify-words.js';

/** Whose keys a file is held against. */
interface KeysFor {
  readonly keys: readonly string[];
  /** Of the run's folder that the file is in. */
  readonly whose: 'given' | 'own';
}

/**
 * Checks a file alone: the certificate of a round, or an entry with its proof.
 * @param given verifier keys; without them those of the run's folder that the file is in
 * @returns the exit code: 0 where it holds
 * @throws {FedwardError} CONFIG_INVALID without keys; FILE_INVALID for a file that is neither
 */
export async function verifyFile(path: string, given: readonly string[] | undefined, json = false): Promise<0 | 1> {
  const text = new TextDecoder().decode(await readBytes(path));
  const { keys, whose } = await keysFor(path, given);
  if (text.startsWith('c2sp.org/tlog-proof')) return proofOf(path, text, { keys, whose }, json);
  const found = withNames(verifyCertificate((await readJson(path)).json, keys));
  if (json) printJson({ file: path, kind: 'certificate', keys: whose, ...found });
  else printCertificate(path, found, whose);
  return found.ok ? 0 : 1;
}

/** Of keys that are given each is for the party that it is called as: else one party could answer for another. */
function withNames(found: CertificateVerification): CertificateVerification {
  const faults = [...found.faults, ...misnamedIn(found).map((message) => ({ part: 'certificate', message }))];
  return { ...found, ok: faults.length === 0, faults };
}

async function keysFor(path: string, given: readonly string[] | undefined): Promise<KeysFor> {
  if (given) return { keys: given, whose: 'given' };
  const folder = dirname(resolve(path));
  for (const at of [folder, dirname(folder)]) {
    const list = join(at, 'keys.txt');
    if (!existsSync(list)) continue;
    return { keys: (await readVerifierKeys(list)).map(({ verifierKey }) => verifierKey), whose: 'own' };
  }
  throw new FedwardError('CONFIG_INVALID', '--keys: name a file with the verifier keys of those who signed', '--keys');
}

function printCertificate(path: string, found: CertificateVerification, whose: KeysFor['whose']): void {
  const { ok, faults, runId, round, certified, sites, witnessed } = found;
  printLine(`${ok ? 'verified' : 'DOES NOT HOLD'}: ${path}`);
  for (const { part, message } of faults) printLine(`${part}: ${message}`);
  if (certified) {
    const { planHash, participants, dropped, model, epsilon } = certified;
    printLine(`round ${round} of run ${runId}, plan ${planHash}`);
    printLine(`model before ${model.before}`);
    printLine(`model after  ${model.after}`);
    if (epsilon !== null) printLine(`epsilon so far ${epsilon}, at the most`);
    printLine(`took part: ${participants.join(', ') || 'nobody'}`);
    if (dropped.length > 0) printLine(`dropped: ${dropped.map(({ id, code }) => `${id} (${code})`).join(', ')}`);
    for (const { id, index, head, verifierKey, round: answered } of sites)
      printLine(
        `${id}: update ${certified.updates[id]}${answered === round ? '' : `, its answer to round ${answered}`}, entry ${index} of its log of ${head.size}, key ${verifierKey}`,
      );
    for (const { size, root, cosigned } of witnessed)
      printLine(`the server's log at ${size} entries, root ${root}: cosigned by ${cosigned.length}`);
  }
  if (whose === 'own') printLine(ownKeys);
}

function proofOf(path: string, text: string, { keys, whose }: KeysFor, json: boolean): 0 | 1 {
  let proven: ProvenEntry;
  try {
    proven = openEntryProof(parseEntryProof(text), keys);
  } catch (error) {
    if (json) printJson({ file: path, kind: 'proof', ok: false, keys: whose, faults: [{ message: wordsOf(error) }] });
    else for (const line of [`DOES NOT HOLD: ${path}`, wordsOf(error)]) printLine(line);
    return 1;
  }
  const { event, index, checkpoint } = proven;
  if (json) printJson({ file: path, kind: 'proof', ok: true, keys: whose, index, event, checkpoint });
  else {
    const { origin, size, root } = checkpoint;
    printLine(`verified: ${path}`);
    printLine(`entry ${index} of the log ${origin}, which had ${size} entries, root ${root}`);
    printLine(JSON.stringify(event));
    if (whose === 'own') printLine(ownKeys);
  }
  return 0;
}
