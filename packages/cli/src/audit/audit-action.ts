import { statSync } from 'node:fs';
import { verifyAuditLog } from '@fedward/audit';
import { readVerifierKeys } from '@fedward/kit-keys';
import { verifyRun } from '@fedward/sim-healthcare';
import { printJson, printLine } from '../terminal/output.js';
import { findLog } from './find-log.js';
import { keptHeads, originOf } from './kept-heads.js';
import { printLog, printRun, printStudy } from './print-verified.js';
import { verifyFile } from './verify-file.js';
import { isResultFolder, printResult, verifyResult } from './verify-result.js';
import { verifyStudy } from './verify-study.js';

/** Of `audit verify`. */
export interface VerifyFlags {
  readonly root?: string;
  /** A file of verifier keys. */
  readonly keys?: string;
  /** Files of heads that were kept. */
  readonly head?: readonly string[];
  readonly json?: boolean;
}

/**
 * @param what the folder of a run, a study, a study's result, a hospital's daemon or a log, a certificate, or an entry with its proof
 * @returns the exit code: 0 for a sealed run, a log, a certificate or a proof in which nothing differs, and for a run that
 *   has no result yet; else 1
 */
export async function verifyAction(what: string, { root, keys: file, head = [], json }: VerifyFlags): Promise<0 | 1> {
  const keys = file === undefined ? undefined : (await readVerifierKeys(file)).map(({ verifierKey }) => verifierKey);
  if (statSync(what, { throwIfNoEntry: false })?.isFile()) return verifyFile(what, keys, json);
  if (isResultFolder(what)) return printResult(what, await verifyResult(what, keys), json);
  const heads = await keptHeads(head);
  const { log: directory, run: folder, study } = await findLog(what);
  const expected = root === undefined ? {} : { expectedRoot: root };
  if (study !== undefined) {
    const found = await verifyStudy(study, { ...expected, keys, heads: await ownHeads(directory, heads) });
    if (json) printJson({ folder: study, ...found });
    else printStudy(study, found, root);
    return found.ok ? 0 : 1;
  }
  if (folder === undefined) return verifyLogAlone(directory, { ...expected, ...(keys && { keys }) }, heads, json);
  const { log, ...run } = await verifyRun(folder, { ...expected, keys, heads });
  if (json) printJson({ directory, ...log, ok: run.ok, run: { folder, ...run } });
  else printRun(folder, { log, ...run }, root);
  return run.ok ? 0 : 1;
}

async function verifyLogAlone(
  directory: string,
  options: Parameters<typeof verifyAuditLog>[1],
  heads: readonly string[],
  json = false,
): Promise<0 | 1> {
  const own = await ownHeads(directory, heads);
  const found = await verifyAuditLog(directory, { ...options, ...(own.length > 0 && { heads: own }) });
  if (json) printJson({ directory, ...found });
  else {
    printLine(`${found.ok ? 'verified' : 'TAMPERED'}: ${directory}`);
    printLog(found, options?.expectedRoot);
    for (const { verifierKey, trusted } of found.signatures)
      printLine(`signed by ${verifierKey}${options?.keys ? (trusted ? ', which is trusted' : '') : ''}`);
  }
  return found.ok ? 0 : 1;
}

/** Heads of other logs, which a witness notes too, say nothing of this one. */
async function ownHeads(directory: string, heads: readonly string[]): Promise<string[]> {
  const { signatures } = heads.length > 0 ? await verifyAuditLog(directory) : { signatures: [] };
  const origins = signatures.map(({ verifierKey }) => verifierKey.split('+')[0]);
  return heads.filter((note) => origins.length === 0 || origins.includes(originOf(note)));
}
