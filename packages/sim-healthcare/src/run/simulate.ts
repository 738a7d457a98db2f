import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openAuditLog, readAuditLog, verifyAuditLog } from '@fedward/audit';
import {
  digestParameters,
  FedwardError,
  runFederation,
  type FederationResult,
  type Metrics,
  type RoundReport,
} from '@fedward/core';
import { fileCheckpointStore, writeFileAtomic } from './checkpoint-file.js';
import type { SimulateOptions } from './options.js';
import { federationOf, prepare, prepareAgain, score, type PreparedRun } from './prepare.js';
import type { HospitalResult, SimulationResult } from './result.js';
import { assertFresh, readPlan, runPaths, writeModel, writePlan } from './run-folder.js';
import { trainAlone } from './train-alone.js';

export interface SimulationHooks {
  /** All is checked, the first round is about to start. */
  readonly onStart?: (run: PreparedRun, about: { readonly folder: string; readonly trainer: string }) => void;
  readonly onRound?: (report: RoundReport) => void;
  /** A hospital is about to be trained alone. */
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
  await writePlan(directory, run);
  return carryOut(run, directory, false, hooks);
}

/** Goes on with a run that was stopped, from the end of its last whole round. */
export async function resumeSimulation(folder: string, hooks: SimulationHooks = {}): Promise<SimulationResult> {
  const directory = resolve(folder);
  const run = await prepareAgain(await readPlan(directory));
  if (existsSync(runPaths(directory).result))
    throw new FedwardError('CONFIG_INVALID', `--resume: the run in ${folder} is complete`, '--resume');
  return carryOut(run, directory, true, hooks);
}

async function carryOut(
  run: PreparedRun,
  directory: string,
  resume: boolean,
  hooks: SimulationHooks,
): Promise<SimulationResult> {
  const started = performance.now();
  const paths = runPaths(directory);
  const audit = await openAuditLog(paths.audit);
  let result: FederationResult;
  try {
    if (resume) await assertCheckpointThere(run, paths);
    hooks.onStart?.(run, { folder: directory, trainer: await run.plugins.trainer.describe() });
    result = await runFederation({
      ...federationOf(run, audit),
      checkpoints: fileCheckpointStore(paths.checkpoints),
      resume,
      ...(hooks.onRound && { onRound: hooks.onRound }),
      ...(hooks.signal && { signal: hooks.signal }),
    });
  } finally {
    await audit.close();
  }
  const trainSeconds = run.work.seconds;
  const clientSteps = run.work.steps;
  const hospitals = await hospitalResults(run, result, hooks);
  const summary: SimulationResult = {
    schemaVersion: 1,
    runId: run.runId,
    scenario: run.simulation.scenario,
    planHash: result.planHash,
    seed: run.plan.seed,
    simulationOnly: result.simulationOnly,
    model: {
      name: run.plan.name,
      parameters: result.model.layout.size,
      sha256: digestParameters(result.model),
    },
    aggregator: run.plugins.aggregator.name,
    trainer: await run.plugins.trainer.describe(),
    rounds: result.rounds,
    final: { metrics: result.rounds.at(-1)?.metrics ?? {} },
    hospitals,
    privacy: privacyResult(result),
    audit: await auditResult(paths.audit),
    timing: { totalSeconds: (performance.now() - started) / 1000, trainSeconds, clientSteps },
    folder: directory,
  };
  await writeModel(directory, result.model, run.plan);
  const { renderReport } = await import('../report/report.js');
  await writeFileAtomic(paths.report, renderReport(summary));
  // Last, since its presence says that the run is complete.
  await writeFileAtomic(paths.result, JSON.stringify(summary, null, 2) + '\n');
  return summary;
}

/**
 * A round begins once the one before is in a checkpoint, and under secure noise once its own charge is. Without the
 * checkpoint those rounds would be run, and released, again, and their epsilon forgotten.
 * @throws {FedwardError} CHECKPOINT_INVALID
 */
async function assertCheckpointThere(
  { runId, simulation, plan }: PreparedRun,
  paths: ReturnType<typeof runPaths>,
): Promise<void> {
  if (await fileCheckpointStore(paths.checkpoints).load(runId)) return;
  const first = plan.privacy && simulation.secureNoise ? 0 : 1;
  for await (const { event } of readAuditLog(paths.audit))
    if (event.type === 'round-start' && (event.round ?? 0) >= first)
      throw new FedwardError(
        'CHECKPOINT_INVALID',
        `--resume: the log shows that round ${event.round} was begun, but ${paths.checkpoints} holds no checkpoint of ` +
          'this run: bring it back, or start a new run',
        paths.checkpoints,
      );
}

async function hospitalResults(
  run: PreparedRun,
  { model }: FederationResult,
  { onTrainAlone, signal }: SimulationHooks,
): Promise<HospitalResult[]> {
  const results: HospitalResult[] = [];
  for (const hospital of run.population.hospitals) {
    let localMetrics: Metrics | null = null;
    if (run.simulation.local) {
      onTrainAlone?.(hospital.id);
      localMetrics = await trainAlone(run, hospital, signal);
    }
    results.push({
      id: hospital.id,
      samples: hospital.train.count,
      localMetrics,
      globalMetrics: await score(run, model, hospital.test),
    });
  }
  return results;
}

function privacyResult({ privacy }: FederationResult): SimulationResult['privacy'] {
  if (!privacy) return null;
  const { perClient, ...statement } = privacy;
  return {
    mechanism: privacy.mechanisms.join(' + '),
    ...statement,
    perHospital: perClient.map(({ id, epsilon }) => ({ id, epsilon })),
  };
}

async function auditResult(directory: string): Promise<SimulationResult['audit']> {
  const { ok, root, summary } = await verifyAuditLog(directory);
  const { events, hospitals, trainingEvents } = summary;
  return { events, hospitals, trainingEvents, root, verified: ok };
}

/** Scenario, time and a little chance: sorts by time, and two runs of one second stay apart. */
function newRunId(scenario: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${scenario}-${time}-${randomBytes(2).toString('hex')}`;
}
