import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { FedwardError } from '@fedward/core';
import { isDraft } from '@fedward/kit-files';
import { assertOfOneMoment, type History } from './history.js';
import type { RunCheckpoints } from './run-checkpoints.js';
import type { PlannedRun, RunPaths } from './run-folder.js';

/** @throws {FedwardError} CONFIG_INVALID for a run whose log is sealed */
export function assertNotComplete(folder: string, { sealed }: History): void {
  if (sealed) throw new FedwardError('CONFIG_INVALID', `--resume: the run in ${folder} is complete`, '--resume');
}

/**
 * For a run without a log: else a new log would be begun beside its checkpoint.
 * @throws {FedwardError} CHECKPOINT_INVALID
 */
export async function assertNoCheckpoint(checkpoints: string, directory: string): Promise<void> {
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
export async function nextRoundOf(
  { runId, simulation, plan }: Pick<PlannedRun, 'runId' | 'simulation' | 'plan'>,
  paths: Pick<RunPaths, 'checkpoints'>,
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
