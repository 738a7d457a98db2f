import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openAuditLog, type AuditLog } from '@fedward/audit';
import { assertOfThisCore, digestTensors, FedwardError, runFederation, type RoundReport } from '@fedward/core';
import { isDraft, removeDrafts } from '@fedward/kit-files';
import { trainingAlone } from './alone.js';
import { resultOf } from './conclude-run.js';
import { assertOfOneMoment, readHistory, type History } from './history.js';
import { logRows } from './log-rows.js';
import { makeLedgers, openLedgers } from './ledgers.js';
import type { SimulateOptions } from './options.js';
import { federationOf } from './federation.js';
import { prepare, prepareAgain, type Execution, type PreparedRun } from './prepare.js';
import type { SimulationResult } from './result.js';
import { loadCheckpoint, runCheckpoints, type RunCheckpoints } from './run-checkpoints.js';
import { assertFresh, claimFolder, readPlan, runPaths } from './run-folder.js';
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
  readonly onStart?: (run: PreparedRun, about: RunStart) => void;
  readonly onRound?: (report: RoundReport) => void;
  /** A hospital's result of training alone is waited for; with worker threads it may be there already. */
  readonly onTrainAlone?: (hospitalId: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs a scenario's federation and leaves its run folder.
 * @param folder where the run goes; default `runs/<run id>`
 * @throws {FedwardError} of the family `configuration` with nothing written; of the family `run` with a folder
 *   that `resumeSimulation` can go on from
 */
export async function simulate(
  options: SimulateOptions,
  folder?: string,
  hooks: SimulationHooks = {},
): Promise<SimulationResult> {
  const run = await prepare(options, newRunId(options.scenario));
  const directory = resolve(folder ?? join('runs', run.runId));
  await assertFresh(directory);
  await makeLedgers(run);
  const planFile = await claimFolder(directory, run);
  return carryOut(run, { directory, planFile, resume: false }, hooks);
}

/** How a run is gone on with. */
export interface ResumeOptions extends Execution {
  /** See `AuditLogOptions.breakLock`. */
  readonly breakLock?: boolean | undefined;
}

/**
 * Goes on with a run that was stopped, from the end of its last whole round; of one whose rounds are all done, leaves the
 * results that are missing.
 */
export async function resumeSimulation(
  folder: string,
  hooks: SimulationHooks = {},
  { breakLock, ...execution }: ResumeOptions = {},
): Promise<SimulationResult> {
  const directory = resolve(folder);
  const { planned, planFile } = await readPlan(directory);
  // Before the log is opened for writing: what is complete is left as it is.
  const paths = runPaths(directory);
  const history = await readHistory(paths.audit, planned.runId);
  assertNotComplete(folder, history);
  if (history.entries === 0) await assertNoCheckpoint(paths.checkpoints, directory);
  const loaded = await loadCheckpoint(paths.checkpoints, planned.runId);
  if (loaded) assertOfThisCore(loaded.checkpoint);
  const run = await prepareAgain(planned, execution);
  return carryOut(run, { directory, planFile, resume: true, breakLock }, hooks);
}

interface Place {
  readonly directory: string;
  /** SHA-256 of plan.json, hexadecimal. */
  readonly planFile: string;
  readonly resume: boolean;
  readonly breakLock?: boolean | undefined;
}

async function carryOut(run: PreparedRun, place: Place, hooks: SimulationHooks): Promise<SimulationResult> {
  run.threads?.start();
  const { audit: path } = runPaths(place.directory);
  try {
    // Its lock is the run's: it is held until all is written, so that no other process writes beside this one.
    const audit = await openAuditLog(path, {
      // A simulation whose noise is seeded is run again for the same bits: it need not outlive the machine's power, only
      // its own process, and waiting for the disk several times a round would be most of what a short round takes.
      fsync: run.simulation.secureNoise,
      ...(place.breakLock !== undefined && { breakLock: place.breakLock }),
    });
    try {
      return await carryOutAlone(run, place, audit, hooks);
    } finally {
      await audit.close();
    }
  } finally {
    await run.threads?.close();
  }
}

/** With the lock held. */
async function carryOutAlone(
  run: PreparedRun,
  { directory, planFile, resume }: Place,
  audit: AuditLog,
  hooks: SimulationHooks,
): Promise<SimulationResult> {
  const started = performance.now();
  const paths = runPaths(directory);
  const { runId } = run;
  const history = await readHistory(paths.audit, runId);
  assertNotComplete(directory, history);
  await Promise.all([directory, paths.checkpoints].map(removeDrafts));
  const checkpoints = runCheckpoints(paths.checkpoints, audit);
  const firstRound = resume ? await nextRoundOf(run, paths, history, checkpoints) : 0;
  if (history.planFile === undefined)
    await audit.append({ type: 'run-planned', time: new Date().toISOString(), runId, details: { planFile } });
  else if (history.planFile !== planFile)
    throw new FedwardError(
      'DIGEST_MISMATCH',
      `--resume: ${paths.plan} is not the one that this run began with, of which the log has the digest`,
      paths.plan,
    );

  const ledgers = await openLedgers(run);
  /** All rounds are done and logged, and only the results are missing: nothing more is logged but the seal. */
  const onlyResults = history.finalModel !== undefined;
  if (!onlyResults) await logRows(run, audit);
  hooks.onStart?.(run, { folder: directory, trainer: await run.plugins.trainer.describe(), firstRound });
  const signal = hooks.signal ?? never;
  const alone = run.simulation.local && run.population.tabulated ? trainingAlone(run, signal) : undefined;
  const result = await runFederation({
    ...federationOf(run, onlyResults ? undefined : audit, ledgers),
    checkpoints,
    resume,
    signal,
    ...(hooks.onRound && { onRound: hooks.onRound }),
  });
  if (onlyResults && digestTensors(result.model) !== history.finalModel)
    throw new FedwardError(
      'CHECKPOINT_INVALID',
      `--resume: the model of the last checkpoint is not the one that the log ends with`,
      paths.checkpoints,
    );
  const { onTrainAlone } = hooks;
  const summary = await resultOf(run, result, { folder: directory, audit: paths.audit, alone, onTrainAlone, started });
  const { root, index } = await writeSealed(run, result, summary, audit, planFile);
  return { ...summary, audit: { ...summary.audit, sealed: { root, events: index + 1 } } };
}

function assertNotComplete(folder: string, { sealed }: History): void {
  if (sealed) throw new FedwardError('CONFIG_INVALID', `--resume: the run in ${folder} is complete`, '--resume');
}

/** Else a new log would be begun beside it. */
async function assertNoCheckpoint(checkpoints: string, directory: string): Promise<void> {
  const files = existsSync(checkpoints) ? await readdir(checkpoints) : [];
  if (files.every(isDraft)) return;
  throw new FedwardError(
    'CHECKPOINT_INVALID',
    `--resume: ${checkpoints} holds a checkpoint, but there is no log in ${directory}: bring it back, or start a new run`,
    checkpoints,
  );
}

/**
 * A round begins once the one two before it is in a checkpoint (the one before may be on its way to the disk), and
 * under secure noise once its own charge is. Without that checkpoint rounds would be run, and released, again, and
 * their epsilon forgotten.
 * @returns the round to go on with
 * @throws {FedwardError} CHECKPOINT_INVALID
 */
async function nextRoundOf(
  { runId, simulation, plan }: PreparedRun,
  paths: ReturnType<typeof runPaths>,
  history: History,
  checkpoints: RunCheckpoints,
): Promise<number> {
  const checkpoint = await checkpoints.load(runId);
  if (checkpoint && checkpoint.runId !== runId)
    throw new FedwardError(
      'CHECKPOINT_INVALID',
      `--resume: the checkpoint in ${paths.checkpoints} is of run ${checkpoint.runId}, this is run ${runId}`,
      paths.checkpoints,
    );
  const repeatable = !plan.privacy || !simulation.secureNoise;
  assertOfOneMoment(history, checkpoint, checkpoints.position, { path: paths.checkpoints, repeatable });
  const nextRound = checkpoint?.nextRound ?? 0;
  const { finalModel, finalRounds = plan.rounds } = history;
  if (finalModel !== undefined && nextRound < finalRounds)
    throw new FedwardError(
      'CHECKPOINT_INVALID',
      `--resume: the log shows that all ${finalRounds} rounds are done, but ${paths.checkpoints} holds an older checkpoint`,
      paths.checkpoints,
    );
  return nextRound;
}

/** For runs that nobody can stop. */
const never = new AbortController().signal;

/** Scenario, time and a little chance: sorts by time, and two runs of one second stay apart. */
function newRunId(scenario: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${scenario}-${time}-${randomBytes(2).toString('hex')}`;
}
