import { checkEvent, checkStudy, declarationsSchema, nothingDeclared, type CheckReport } from '@fedward/compliance';
import { FedwardError, parseWith, sha256, type AuditSink, type JsonObject } from '@fedward/core';
import { readTextIfThere, writeFileAtomic } from '@fedward/kit-files';
import { checkFactsOf } from '../checks/check-facts.js';
import { checkToldSchema, type CheckTold } from './check-told.js';
import type { CheckedRun } from './checked-run.js';
import type { History } from './history.js';
import type { LoadedRun } from './planned-run.js';

/** A run's checks as its folder has them. */
export interface KeptCheck {
  /** SHA-256 of check.json, hexadecimal. */
  readonly sha256: string;
  readonly told: CheckTold;
}

/**
 * Looks at a run rule by rule, with what it declares; undefined for one that is not to be checked. Nothing is written.
 * @throws {FedwardError} CONFIG_INVALID naming the member where what is declared is no declaration; CONFIG_INCOMPATIBLE naming the
 *   rules that fail, unless they are to be told alone
 */
export async function checkOf(loaded: LoadedRun): Promise<CheckReport | undefined> {
  const { check, declared } = loaded.planned.simulation;
  if (check === undefined) return undefined;
  const declarations = declared ? parseWith(declarationsSchema, declared, '--declarations') : nothingDeclared;
  const report = checkStudy(await checkFactsOf(loaded, { declarations }));
  const failing = report.rules.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  if (failing.length === 0 || check === 'warn') return report;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `--check: ${failing.length} of ${report.rules.length} rules fail: ${failing.join(', ')}. \`fedward check\` with these options ` +
      'says what was found; `--check warn` runs all the same, and leaves it in the log',
    '--check',
  );
}

/**
 * Leaves what the checks came to in a run's folder, and in its log by digest. A run that is gone on with keeps what was found
 * when it began: the day may be another, and the lists of the rules.
 *
 * @param report as `checkOf` made it; of a run that was killed before its log had one it is made now
 * @returns undefined for a run that is not checked
 * @throws {FedwardError} DIGEST_MISMATCH where the file is not the one that the log tells of; as `checkOf`; STORAGE_FAILED
 */
export async function keepCheck(
  { runId, loaded }: Pick<CheckedRun, 'runId' | 'loaded'>,
  { path, report }: { readonly path: string; readonly report: CheckReport | undefined },
  history: Pick<History, 'check'>,
  audit: AuditSink,
): Promise<KeptCheck | undefined> {
  if (history.check) return keptIn(path, history.check);
  const made = report ?? (await checkOf(loaded));
  if (!made) return undefined;
  const text = `${JSON.stringify(made, null, 2)}\n`;
  const details = { ...checkEvent(made), file: sha256(text) };
  await writeFileAtomic(path, text);
  await audit.append({ type: 'check', time: new Date().toISOString(), runId, details });
  return { sha256: details.file, told: checkToldSchema.parse(details) };
}

async function keptIn(path: string, details: JsonObject): Promise<KeptCheck> {
  const text = await readTextIfThere(path);
  const found = text === undefined ? undefined : sha256(text);
  if (found !== undefined && found === details['file'])
    return { sha256: found, told: parseWith(checkToldSchema, details, 'the check in the log') };
  const why = text === undefined ? 'is gone' : 'is not the one that this run began with';
  throw new FedwardError('DIGEST_MISMATCH', `--resume: ${path} ${why}, of which the log has the digest: bring it back`, path); // prettier-ignore
}
