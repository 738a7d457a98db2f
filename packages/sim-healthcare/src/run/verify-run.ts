import { readCertificateFiles, verifyAuditLog, type AuditVerification } from '@fedward/audit';
import { sha256 } from '@fedward/core';
import { readEvidence, type RunEvidence } from './run-evidence.js';
import type { RunFault } from './run-fault.js';
import { readApprovalFiles, verifyApprovalFiles } from './run-approvals.js';
import { runPaths } from './run-folder.js';
import { verifierKeysIn } from './run-keys.js';
import { optionalFiles, sealedFiles, type SealedFile } from './seal.js';
import { verifyCertificates } from './verify-certificates.js';
import { verifyKeyList } from './verify-keys.js';
import { verifyLogs, type HospitalLog } from './verify-logs.js';

/**
 * `sealed`: the log's last entry vouches for plan, result, model and report. `unfinished`: the last round is not done.
 * `unsealed`: it is, and the results are missing or were never sealed; `--resume` does it. `older`: of a version that did
 * not seal.
 */
export type RunState = 'sealed' | 'unfinished' | 'unsealed' | 'older';

/** A file of a run's folder, held against the log. */
export interface CheckedFile {
  readonly file: SealedFile;
  /** SHA-256 of its bytes, hexadecimal, as `sha256sum` prints it; null where there is no such file. */
  readonly sha256: string | null;
  /** What the log says: in its seal, of the plan also in its first entry. Null where it says nothing. */
  readonly logged: string | null;
}

/** What is known of a run from elsewhere. */
export interface RunVerifyOptions {
  /** A root of the server's log that was noted, of the whole log or of an earlier moment. */
  readonly expectedRoot?: string | undefined;
  /** Verifier keys of the parties, as they gave them. */
  readonly keys?: readonly string[] | undefined;
  /** Heads of any of the run's logs that someone has kept: signed checkpoints, cosigned or not. */
  readonly heads?: readonly string[] | undefined;
}

/** What was found in a run's folder. */
export interface RunVerification {
  /**
   * True for a sealed run in which nothing differs, and for one without a result yet, of which nothing is claimed: `state`
   * tells them apart.
   */
  readonly ok: boolean;
  readonly state: RunState;
  readonly runId: string | null;
  readonly planHash: string | null;
  readonly log: AuditVerification;
  readonly files: readonly CheckedFile[];
  /** The hospitals' own logs; none in a run whose hospitals share the server's. */
  readonly hospitals: readonly HospitalLog[];
  /** Approvals that the seal vouches for, by their path in the folder. */
  readonly approvals: readonly string[];
  /** Rounds whose certificate holds. */
  readonly certified: readonly number[];
  /**
   * By whose word the keys are those of the parties: of whoever gave them, of the folder itself, which whoever wrote it could
   * choose; or nothing is signed.
   */
  readonly keys: 'given' | 'own' | 'none';
  /** Keys that were given and have signed nothing here: of parties of other runs, or of some that are kept quiet about. */
  readonly unused: readonly string[];
  /** Digest of the model's weights alone, in whatever file: what log, result and screen call the model's digest. */
  readonly modelParameters: string | null;
  /** What is wrong beside the log itself. */
  readonly faults: readonly RunFault[];
}

/**
 * Checks a run's folder: its logs (see `verifyAuditLog`), what each party noted of the others', the certificates of its
 * rounds, the files that the log's last entry vouches for, and that all of them are of one run and one plan.
 *
 * @param options what is known of the run from elsewhere; without it, what a folder says is held against itself alone
 * @throws {FedwardError} FILE_NOT_FOUND where there is no log, AUDIT_FAILED where it can't be read; never for what is in
 *   the files
 */
export async function verifyRun(
  directory: string,
  { expectedRoot, keys: given, heads }: RunVerifyOptions = {},
): Promise<RunVerification> {
  const { audit, certificates, approvals } = runPaths(directory);
  const evidence = await readEvidence(directory);
  const { plan, result, model, events, logged, contents } = evidence;
  const state = stateOf(evidence);
  const files = sealedFiles
    .map((file) => checkedFile(file, evidence))
    .filter(({ file, sha256, logged }) => !optionalFiles.has(file) || sha256 !== null || logged !== null);
  const runId = plan.runId ?? events[0]?.runId ?? null;
  const planHash = plan.planHash ?? logged.planHash ?? null;
  const signed = logged.keys.size > 0 || contents.has('keys.txt');
  const listed = verifierKeysIn(contents.get('keys.txt')?.toString('utf8') ?? '');
  const keys = given ?? listed;
  const certified = verifyCertificates(evidence, await readCertificateFiles(certificates), { keys, runId, planHash });
  const logs = await verifyLogs(directory, evidence, {
    ...{ keys, runId, expectedRoot, certificates: certified.held },
    ...(heads && { heads }),
  });
  const { log, hospitals } = logs;
  const approved = verifyApprovalFiles(
    await readApprovalFiles(approvals),
    logged.seal && (logged.sealed.approvals ?? {}),
  );
  const faults = [
    ...unreadable(evidence),
    ...verifyKeyList(evidence, given),
    ...certified.faults,
    ...logs.faults,
    ...approved.faults,
    ...files.flatMap((file) => sealFaults(file, evidence)),
    ...(logged.seal && events.at(-1) !== logged.seal
      ? [{ file: 'audit', message: 'there are entries behind the seal' }]
      : []),
    ...otherRuns(evidence, runId),
    ...otherPlans(evidence, planHash),
    ...(state === 'unfinished' ? tooEarly(evidence) : []),
    ...otherWeights(evidence),
    ...(result && log.ok && !(await hadRoot(audit, result.audit))
      ? [
          {
            file: 'result.json',
            message: `its audit root is not the log's over the first ${result.audit.entries ?? result.audit.events} entries`,
          },
        ]
      : []),
  ];
  // A result, a model or a report that nothing vouches for is not verified.
  const claims = sealedFiles.some((file) => !fromTheStart.has(file) && evidence.contents.has(file));
  return {
    ok: log.ok && faults.length === 0 && (state === 'sealed' || (state !== 'older' && !claims)),
    ...{ state, runId, planHash, log, files, faults, hospitals, approvals: approved.held },
    certified: certified.held.flatMap(({ shown }) => shown.round ?? []),
    keys: !signed ? 'none' : given ? 'given' : 'own',
    unused: (given ?? []).filter((key) => !listed.includes(key)),
    modelParameters: model?.digest ?? null,
  };
}

function stateOf({ logged, plan }: RunEvidence): RunState {
  if (logged.seal) return 'sealed';
  if (plan.older) return 'older';
  return logged.ended ? 'unsealed' : 'unfinished';
}

function checkedFile(file: SealedFile, { contents, logged }: RunEvidence): CheckedFile {
  const bytes = contents.get(file);
  const begun = file === 'plan.json' ? logged.planFile : file === 'check.json' ? logged.checkFile : undefined;
  return { file, sha256: bytes ? sha256(bytes) : null, logged: logged.sealed.sha256[file] ?? begun ?? null };
}

function unreadable({ plan, result, model }: RunEvidence): RunFault[] {
  return [
    ...(plan.fault === undefined ? [] : [{ file: 'plan.json', message: plan.fault }]),
    ...(result === null ? [{ file: 'result.json', message: 'it is not the result of a run' }] : []),
    ...(model === null ? [{ file: 'model.safetensors', message: 'it is not a model' }] : []),
  ];
}

function sealFaults({ file, sha256, logged }: CheckedFile, { logged: { seal, sealed } }: RunEvidence): RunFault[] {
  if (seal && sealed.sha256[file] === undefined) return [{ file, message: 'the seal says nothing of it' }];
  if (file === 'check.json' && logged === null) return [{ file, message: 'the log says nothing of it' }];
  if (logged === null || logged === sha256) return [];
  const message =
    sha256 === null ? 'the file is missing' : `it was changed: its SHA-256 is ${sha256}, the log says ${logged}`;
  return [{ file, message }];
}

function otherRuns({ events, result }: RunEvidence, runId: string | null): RunFault[] {
  const foreign = events.find((event) => event.runId !== runId)?.runId;
  const said = { audit: foreign, 'result.json': result?.runId };
  return others(said, runId).map(([file, id]) => ({ file, message: `it is of run ${id}, this is run ${runId}` }));
}

function otherPlans({ logged, result, model, checkedPlan }: RunEvidence, planHash: string | null): RunFault[] {
  const said = {
    audit: logged.planHash,
    'result.json': result?.planHash,
    'check.json': checkedPlan,
    'model.safetensors': model?.planHash,
  };
  return others(said, planHash).map(([file, hash]) => ({
    file,
    message: `it is of the plan ${hash}, this run's is ${planHash}`,
  }));
}

/** The files that say something else. */
function others(said: Readonly<Record<string, string | undefined>>, expected: string | null): [string, string][] {
  return Object.entries(said).flatMap(([file, found]): [string, string][] =>
    expected === null || found === undefined || found === expected ? [] : [[file, found]],
  );
}

/** Those that a run begins with. */
const fromTheStart: ReadonlySet<SealedFile> = new Set<SealedFile>(['plan.json', 'check.json', 'keys.txt']);

function tooEarly({ contents }: RunEvidence): RunFault[] {
  return sealedFiles
    .filter((file) => !fromTheStart.has(file) && contents.has(file))
    .map((file) => ({ file, message: 'the run is not finished, and has none yet' }));
}

function otherWeights({ logged: { weights }, result, model }: RunEvidence): RunFault[] {
  if (weights === undefined) return [];
  const ended = `the run ended with ${weights}`;
  return [
    ...(model && model.digest !== weights
      ? [{ file: 'model.safetensors', message: `its weights have the digest ${model.digest}, ${ended}` }]
      : []),
    ...(result && result.model.sha256 !== weights
      ? [{ file: 'result.json', message: `it says that the weights have the digest ${result.model.sha256}, ${ended}` }]
      : []),
  ];
}

/** Whether the log once had the root that a result tells, over as many entries. */
async function hadRoot(
  directory: string,
  { root, events, entries = events }: { root: string; events: number; entries?: number | undefined },
): Promise<boolean> {
  return (
    (await verifyAuditLog(directory, { expectedRoot: root, expectedSize: entries }).catch(() => undefined))?.ok ?? false
  );
}
