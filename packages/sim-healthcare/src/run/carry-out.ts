import { certificateStore, type AuditLog } from '@fedward/audit';
import type { CheckReport } from '@fedward/compliance';
import { digestTensors, FedwardError, runFederation, type RoundReport } from '@fedward/core';
import { removeDrafts } from '@fedward/kit-files';
import type { Passphrase } from '@fedward/kit-keys';
import { trainingAlone } from './alone.js';
import type { Fold } from '../validate/fold.js';
import type { ValidationResult } from '../validate/validation-result.js';
import type { CheckedRun } from './checked-run.js';
import { fileClientStore } from './client-store.js';
import { resultOf } from './conclude-run.js';
import { readHistory, type History } from './history.js';
import { logPolicies } from '../policy/site-policies.js';
import { judgementOf } from './judgement.js';
import { openLedgers } from './ledgers.js';
import { logRows } from './log-rows.js';
import type { SimulationResult } from './result.js';
import { assertNotComplete, nextRoundOf } from './resume-point.js';
import { writePersonalModels } from './personal-models.js';
import { foldOf } from './planned-run.js';
import { keepCheck } from './run-check.js';
import { runCheckpoints } from './run-checkpoints.js';
import { runPaths } from './run-folder.js';
import { openRunKeys } from './run-keys.js';
import { assertLogsGoOn, hospitalPaths, openRunLogs, type RunLogs } from './run-logs.js';
import { writeSealed } from './seal.js';

export interface RunStart {
  readonly folder: string;
  /** What trains, and on what, as the trainer describes itself. */
  readonly trainer: string;
  /** The round that comes first: above 0 where a run is gone on with. */
  readonly firstRound: number;
}

/** For whoever watches a simulation. */
export interface SimulationHooks {
  /** All is checked, the first round is about to start. */
  readonly onStart?: (run: CheckedRun, about: RunStart) => void;
  readonly onRound?: (report: RoundReport) => void;
  /** A hospital's result of training alone is waited for; with worker threads it may be there already. */
  readonly onTrainAlone?: (hospitalId: string) => void;
  /** A fold is validated, or a setting tried, in words; the former after the last round, the latter before the first. */
  readonly onValidate?: (words: string) => void;
  /** Of a run whose hospitals answer elsewhere: who trains, and who is waited for, in words. */
  readonly onSites?: (words: string) => void;
  readonly signal?: AbortSignal;
}

/** Where a run is carried out. */
export interface RunPlace {
  /** Its folder, which holds its plan.json. */
  readonly directory: string;
  /** SHA-256 of plan.json, hexadecimal. */
  readonly planFile: string;
  readonly resume: boolean;
  /** Number of threads that folds train on; default: as many as pay. */
  readonly workers?: number | undefined;
  /** See `AuditLogOptions.breakLock`. */
  readonly breakLock?: boolean | undefined;
  readonly passphrase?: Passphrase | undefined;
  /** What its checks came to, where they were made already. */
  readonly check?: CheckReport | undefined;
}

/**
 * Carries a run out, from the round that comes first to the seal.
 * @throws {FedwardError} AUDIT_FAILED where another process has its log; what the run fails with
 */
export async function carryOut(run: CheckedRun, place: RunPlace, hooks: SimulationHooks): Promise<SimulationResult> {
  run.threads?.start();
  const paths = runPaths(place.directory);
  const { population, simulation, runId } = run;
  // Clients that are made when they are asked have nothing of their own: they share the server's log.
  const ids = population.tabulated ? population.ids : [];
  for (const id of place.resume ? ids : []) await readHistory(hospitalPaths(paths, id).audit, runId);
  const keyPlaces = { own: paths.keys, listed: paths.keyList, given: simulation.keys, passphrase: place.passphrase };
  try {
    // Their locks are the run's: they are held until all is written, so that no other process writes beside this one.
    const logs = await openRunLogs(paths, await openRunKeys(keyPlaces, ids), {
      ...{ runId, ids },
      // A simulation whose noise is seeded is run again for the same bits: it need not outlive the machine's power, only
      // its own process, and waiting for the disk several times a round would be most of what a short round takes.
      fsync: simulation.secureNoise,
      ...(place.breakLock !== undefined && { breakLock: place.breakLock }),
    });
    try {
      return await carryOutAlone(run, place, logs, hooks);
    } finally {
      await logs.close();
    }
  } finally {
    await run.elsewhere?.close();
    await run.threads?.close();
  }
}

/** With the lock held. */
async function carryOutAlone(
  run: CheckedRun,
  place: RunPlace,
  logs: RunLogs,
  hooks: SimulationHooks,
): Promise<SimulationResult> {
  const started = performance.now();
  const { audit, witness, own } = logs;
  const { directory, planFile, resume } = place;
  const paths = runPaths(directory);
  const history = await readHistory(paths.audit, run.runId);
  assertNotComplete(directory, history);
  await Promise.all([directory, paths.checkpoints].map(removeDrafts));
  const checkpoints = runCheckpoints(paths.checkpoints, audit);
  const firstRound = resume ? await nextRoundOf(run, paths, history, checkpoints) : 0;
  if (resume) await assertLogsGoOn(logs);
  await logPlan(run, place, history, audit);
  const check = await keepCheck(run, { path: paths.check, report: place.check }, history, audit);

  const ledgers = await openLedgers(run);
  /** All rounds are done and logged, and only the results are missing: nothing more is logged but the seal. */
  const onlyResults = history.finalModel !== undefined;
  run.records.open(audit, ledgers, fileClientStore(paths.hospitals), own);
  if (!onlyResults) {
    const logOf = (id: string) => own.get(id)?.audit ?? audit;
    await logRows(run, logOf);
    await logPolicies(run, logOf, paths.approvals);
  }
  hooks.onStart?.(run, { folder: directory, trainer: await run.plugins.trainer.describe(), firstRound });
  const signal = hooks.signal ?? never;
  if (!onlyResults) await run.elsewhere?.start(hooks.onSites ?? (() => undefined), signal);
  const alone = run.simulation.local && run.population.tabulated ? trainingAlone(run, signal) : undefined;
  const result = await runFederation({
    ...run.federation,
    ...(!onlyResults && { audit, ...(witness && { witness }) }),
    ...(!onlyResults &&
      own.size > 0 && { certificates: certificateStore(paths.certificates, { fsync: run.simulation.secureNoise }) }),
    ...{ checkpoints, resume, signal },
    ...(hooks.onRound && { onRound: hooks.onRound }),
  });
  if (onlyResults && digestTensors(result.model) !== history.finalModel)
    throw new FedwardError(
      'CHECKPOINT_INVALID',
      `--resume: the model of the last checkpoint is not the one that the log ends with`,
      paths.checkpoints,
    );
  const { onTrainAlone } = hooks;
  const judgement = await judgementOf(run, result.model);
  const validation = await validationOf(run, place.workers, hooks);
  const { summary, personal } = await resultOf(run, result, {
    folder: directory,
    judgement,
    alone,
    validation,
    check: check?.told,
    onTrainAlone,
    signal,
    started,
  });
  await writePersonalModels(run, personal, summary);
  const before = { planFile, check: check?.sha256 };
  const { root, index } = await writeSealed(run, result, { summary, judgement }, logs, before);
  const { events, entries = events } = summary.audit;
  const sealed = { root, events: events + index + 1 - entries, entries: index + 1 };
  return { ...summary, audit: { ...summary.audit, sealed } };
}

/** Of a run whose rounds are done; on nothing that it has logged, so that one that is gone on with does it from the start. */
async function validationOf(
  { loaded, simulation }: CheckedRun,
  workers: number | undefined,
  { onValidate, signal = never }: SimulationHooks,
): Promise<ValidationResult | undefined> {
  const { validate, choose } = simulation;
  if (validate === undefined || validate.kind === 'holdout') return undefined;
  const { validateRun } = await import('../validate/validate-run.js');
  const basis = {
    ...loaded,
    workers,
    foldOf: (fold: Fold) => foldOf(loaded, fold),
    say: onValidate ?? (() => undefined),
    signal,
  };
  return validateRun(basis, validate, choose);
}

/**
 * The log has the digest of plan.json, before anything else of the run.
 * @throws {FedwardError} DIGEST_MISMATCH where plan.json is not the one that the run began with
 */
async function logPlan(
  { runId }: CheckedRun,
  { directory, planFile }: RunPlace,
  history: History,
  audit: AuditLog,
): Promise<void> {
  const { plan } = runPaths(directory);
  if (history.planFile === undefined)
    await audit.append({ type: 'run-planned', time: new Date().toISOString(), runId, details: { planFile } });
  else if (history.planFile !== planFile)
    throw new FedwardError(
      'DIGEST_MISMATCH',
      `--resume: ${plan} is not the one that this run began with, of which the log has the digest`,
      plan,
    );
}

/** For runs that nobody can stop. */
const never = new AbortController().signal;
