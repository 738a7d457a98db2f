import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { assertOfThisCore } from '@fedward/core';
import { carryOut, type SimulationHooks } from './carry-out.js';
import { asProposed } from '../policy/subjects.js';
import { withChoice } from '../validate/with-choice.js';
import { checkedAgain, checkedNow } from './checked-run.js';
import { checkOf } from './run-check.js';
import { readHistory } from './history.js';
import { makeLedgers } from './ledgers.js';
import type { Execution, SimulateOptions } from './options.js';
import { planRun } from './planned-run.js';
import type { SimulationResult } from './result.js';
import { assertNoCheckpoint, assertNotComplete } from './resume-point.js';
import { loadCheckpoint } from './run-checkpoints.js';
import { assertKeysOpen } from './run-keys.js';
import { assertFresh, claimFolder, readPlan, runPaths } from './run-folder.js';

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
  const runId = newRunId(options.scenario);
  const directory = resolve(folder ?? join('runs', runId));
  const planned = await planRun(options, runId);
  await assertFresh(directory);
  const run = await checkedNow(await asProposed(await withChoice(planned, options, hooks)), options);
  const { workers, passphrase } = options;
  const check = await checkOf(run.loaded);
  await assertKeysOpen({ given: run.simulation.keys, passphrase }, run.population);
  // That the trainer starts on this machine: what it needs may not be there, and nothing is written yet.
  await run.plugins.trainer.describe();
  await makeLedgers(run);
  const planFile = await claimFolder(directory, run);
  return carryOut(run, { directory, planFile, resume: false, workers, passphrase, check }, hooks);
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
  const run = await checkedAgain(planned, execution);
  const { workers, passphrase } = execution;
  return carryOut(run, { directory, planFile, resume: true, breakLock, workers, passphrase }, hooks);
}

/** Scenario, time and a little chance: sorts by time, and two runs of one second stay apart. */
function newRunId(scenario: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${scenario}-${time}-${randomBytes(2).toString('hex')}`;
}
