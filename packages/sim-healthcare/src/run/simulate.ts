import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openAuditLog, readAuditLog, verifyAuditLog } from '@fedward/audit';
import { digestParameters, FedwardError, runFederation, type FederationResult, type RoundReport } from '@fedward/core';
import { fileCheckpointStore } from './checkpoint-file.js';
import { modelNameOf } from './model-name.js';
import type { SimulateOptions } from './options.js';
import { trainingAlone, type AloneMetrics } from './alone.js';
import { patientExposure } from './patient-exposure.js';
import { logRows } from './log-rows.js';
import { ledgerResults, makeLedgers, openLedgers } from './ledgers.js';
import { federationOf, prepare, prepareAgain, score, type Execution, type PreparedRun } from './prepare.js';
import type { HospitalResult, SimulationResult } from './result.js';
import { assertFresh, claimFolder, readPlan, runPaths, writeModel } from './run-folder.js';
import { warningsOf } from './warnings.js';
import { writeFileAtomic } from './write-file.js';

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
  await claimFolder(directory, run);
  return carryOut(run, directory, false, hooks);
}

/** Goes on with a run that was stopped, from the end of its last whole round. */
export async function resumeSimulation(
  folder: string,
  hooks: SimulationHooks = {},
  execution: Execution = {},
): Promise<SimulationResult> {
  const directory = resolve(folder);
  const run = await prepareAgain(await readPlan(directory), execution);
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
  run.threads?.start();
  try {
    return await carryOutOnThreads(run, directory, resume, hooks);
  } finally {
    await run.threads?.close();
  }
}

async function carryOutOnThreads(
  run: PreparedRun,
  directory: string,
  resume: boolean,
  hooks: SimulationHooks,
): Promise<SimulationResult> {
  const started = performance.now();
  const paths = runPaths(directory);
  // A simulation whose noise is seeded is run again for the same bits: it need not outlive the machine's power, only its
  // own process, and waiting for the disk several times a round would be most of what a short round takes.
  const audit = await openAuditLog(paths.audit, { fsync: run.simulation.secureNoise });
  let result: FederationResult;
  let alone: AloneMetrics | undefined;
  try {
    const firstRound = resume ? await nextRoundOf(run, paths) : 0;
    const ledgers = await openLedgers(run);
    await logRows(run, audit);
    hooks.onStart?.(run, { folder: directory, trainer: await run.plugins.trainer.describe(), firstRound });
    if (run.simulation.local && run.population.tabulated) alone = trainingAlone(run, hooks.signal ?? never);
    result = await runFederation({
      ...federationOf(run, audit, ledgers),
      checkpoints: fileCheckpointStore(paths.checkpoints),
      resume,
      ...(hooks.onRound && { onRound: hooks.onRound }),
      ...(hooks.signal && { signal: hooks.signal }),
    });
  } finally {
    await audit.close();
  }
  const { seconds: trainSeconds, elapsedSeconds: trainElapsedSeconds, steps: clientSteps } = run.work;
  run.threads?.onlyBackground();
  const hospitals = run.population.tabulated ? await hospitalResults(run, result, alone, hooks) : [];
  const summary: SimulationResult = {
    schemaVersion: 1,
    runId: run.runId,
    scenario: run.simulation.scenario,
    planHash: result.planHash,
    seed: run.plan.seed,
    simulationOnly: result.simulationOnly,
    model: {
      name: modelNameOf(run.plan.model, run.population),
      parameters: result.model.layout.size,
      sha256: digestParameters(result.model),
    },
    aggregator: run.plugins.aggregator.name,
    trainer: await run.plugins.trainer.describe(),
    rounds: result.rounds,
    final: { metrics: result.rounds.at(-1)?.metrics ?? {} },
    hospitals,
    population: { hospitals: run.population.ids.length, tabulated: run.population.tabulated },
    warnings: warningsOf(run.population, result.rounds.at(-1)?.metrics ?? {}),
    ...(run.population.notices && { notices: run.population.notices }),
    privacy: await privacyResult(result, run),
    audit: await auditResult(paths.audit),
    timing: {
      totalSeconds: (performance.now() - started) / 1000,
      trainSeconds,
      trainElapsedSeconds,
      clientSteps,
      workers: run.threads?.workers ?? 1,
    },
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
 * A round begins once the one two before it is in a checkpoint (the one before may be on its way to the disk), and
 * under secure noise once its own charge is. Without that checkpoint rounds would be run, and released, again, and
 * their epsilon forgotten.
 * @returns the round to go on with
 * @throws {FedwardError} CHECKPOINT_INVALID
 */
async function nextRoundOf(
  { runId, simulation, plan }: PreparedRun,
  paths: ReturnType<typeof runPaths>,
): Promise<number> {
  const checkpoint = await fileCheckpointStore(paths.checkpoints).load(runId);
  if (checkpoint) return checkpoint.nextRound;
  const first = plan.privacy && simulation.secureNoise ? 0 : 2;
  for await (const { event } of readAuditLog(paths.audit))
    if (event.type === 'round-start' && (event.round ?? 0) >= first)
      throw new FedwardError(
        'CHECKPOINT_INVALID',
        `--resume: the log shows that round ${event.round} was begun, but ${paths.checkpoints} holds no checkpoint of ` +
          'this run: bring it back, or start a new run',
        paths.checkpoints,
      );
  return 0;
}

async function hospitalResults(
  run: PreparedRun,
  { model }: FederationResult,
  alone: AloneMetrics | undefined,
  { onTrainAlone }: SimulationHooks,
): Promise<HospitalResult[]> {
  const results: HospitalResult[] = [];
  for (const id of run.population.ids) {
    const hospital = run.population.hospital(id);
    if (alone) onTrainAlone?.(id);
    const local = (await alone?.(hospital)) ?? { localMetrics: null };
    results.push({
      id,
      ...(hospital.rows && { rows: hospital.rows }),
      samples: hospital.train.count,
      ...local,
      globalMetrics: await score(run, model, hospital.test),
    });
  }
  return results;
}

async function privacyResult({ privacy }: FederationResult, run: PreparedRun): Promise<SimulationResult['privacy']> {
  const { plan, population } = run;
  if (!privacy) return null;
  const patient = patientExposure(plan, population);
  const { perClient, ...statement } = privacy;
  // Where neighbours have the same number of records it is the weight of an update, and so released.
  const withheld = privacy.withheld.includes('number of records');
  const ofEach = withheld ? 'metrics, number of records, rows read and left out' : 'metrics, rows read and left out';
  return {
    mechanism: privacy.mechanisms.join(' + '),
    ...statement,
    settings: { mechanisms: plan.privacy!.mechanisms, batches: plan.training.batches, rounds: plan.rounds },
    perHospital: perClient.map(({ id, epsilon }) => ({ id, epsilon })),
    notReleased: [
      'metrics of each round and of the final model, on test parts pooled by the simulation, and what is warned of',
      ...(population.tabulated ? [`${ofEach} of each hospital`] : []),
    ],
    ...(patient && { patient }),
    ...(run.simulation.ledger !== undefined && { ledgers: await ledgerResults(run) }),
  };
}

async function auditResult(directory: string): Promise<SimulationResult['audit']> {
  const { ok, root, summary } = await verifyAuditLog(directory);
  const { events, hospitals, trainingEvents } = summary;
  return { events, hospitals, trainingEvents, root, verified: ok };
}

/** For runs that nobody can stop. */
const never = new AbortController().signal;

/** Scenario, time and a little chance: sorts by time, and two runs of one second stay apart. */
function newRunId(scenario: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${scenario}-${time}-${randomBytes(2).toString('hex')}`;
}
