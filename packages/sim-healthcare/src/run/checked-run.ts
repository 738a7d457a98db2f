import { assertFederation, type Federation } from '@fedward/core';
import { populationOf } from '../scenario/population.js';
import type { Population } from '../scenario/scenario.js';
import { assertElsewhere, pooledTrainer, poolFor, shareData, type OpenSites } from '../threads/index.js';
import { countingTrainer } from '../wiring/counting-trainer.js';
import { oneAtATime } from '../wiring/one-at-a-time.js';
import { pluginsOf } from '../wiring/plugins.js';
import { TrainingWork } from '../wiring/training-work.js';
import { federationOf } from './federation.js';
import { firstWeights } from './initial-weights.js';
import { ledgerKeysOf, type LedgerKeys } from './ledger-keys.js';
import { assertLedgers } from './ledgers.js';
import type { Execution, SimulateOptions } from './options.js';
import { planRun, reloadRun, type LoadedRun } from './planned-run.js';
import { RunRecords } from './records.js';
import type { PlannedRun } from './run-folder.js';
import type { RunParts } from './run-parts.js';

/** A run that is checked whole. Nothing has been written yet, and its federation is the one that will run. */
export interface CheckedRun extends RunParts {
  /** As it was loaded: what folds are made of. */
  readonly loaded: LoadedRun;
  /** Without what comes with its folder: log, checkpoints, and who watches. */
  readonly federation: Federation;
  /** Where its hospitals write; to be opened before they are asked. */
  readonly records: RunRecords;
  /** By which the hospitals' ledgers are signed. */
  readonly ledgerKeys: LedgerKeys;
}

/**
 * A new run.
 * @throws {FedwardError} of the family `configuration`, naming the key, option or file; as `assertLedgers`
 */
export async function checkedRun(options: SimulateOptions, runId: string): Promise<CheckedRun> {
  return checkedNow(await planRun(options, runId), options);
}

/** The same of a run that is planned. */
export async function checkedNow(
  planned: LoadedRun,
  options: Pick<SimulateOptions, 'workers' | 'budget' | 'passphrase' | 'elsewhere'>,
): Promise<CheckedRun> {
  const run = await checked(planned, options);
  await assertLedgers(run, options.budget);
  return run;
}

/**
 * A run to go on with, as its folder tells it. Its ledgers are not asked for room: it has spent some of theirs.
 * @throws {FedwardError} of the family `configuration`, as `reloadRun`
 */
export async function checkedAgain(planned: PlannedRun, execution: Execution): Promise<CheckedRun> {
  return checked(await reloadRun(planned, execution.plugins), execution);
}

async function checked(
  loaded: LoadedRun,
  { workers, passphrase, elsewhere }: Pick<Execution, 'workers' | 'passphrase' | 'elsewhere'>,
) {
  const parts = await partsOf(loaded, workers, elsewhere);
  const { simulation, population, runId } = parts;
  const records = new RunRecords(simulation.ledger !== undefined, population.tabulated, runId);
  const federation = federationOf(parts, records);
  assertFederation(federation);
  const ledgerKeys = await ledgerKeysOf(parts, passphrase);
  const run: CheckedRun = { ...parts, loaded, federation, records, ledgerKeys };
  return run;
}

/** A loaded run with its plugins, its first weights and its threads, which are not started. */
export async function partsOf(
  { planned, population: loaded, installed, initialFile }: LoadedRun,
  workers: number | undefined,
  open?: OpenSites,
): Promise<RunParts> {
  const { plan, simulation } = planned;
  const plugins = await pluginsOf(plan, installed);
  const { parameters: initial, notices, assumptions } = firstWeights(plan, initialFile);
  const population = {
    ...loaded,
    ...(notices.length > 0 && { notices: [...(loaded.notices ?? []), ...notices] }),
    ...(assumptions.length > 0 && { assumptions: [...(loaded.assumptions ?? []), ...assumptions] }),
  };
  if (open) assertElsewhere(plan, simulation, plugins);
  const elsewhere = open?.(planned, { trainer: await plugins.trainer.describe() });
  const work = new TrainingWork();
  const { speed, inOneThread } = installed.get('trainer', plan.training.trainer, 'training.trainer');
  const threads = poolFor(plan, population, {
    ...{ local: simulation.local, workers: elsewhere && !population.tabulated ? 1 : workers },
    trainer: inOneThread?.(installed.trainerOptions) ? undefined : installed.trainerSource(plan.training.trainer),
    speed,
  });
  const trainer = threads
    ? pooledTrainer(plugins.trainer, threads, work)
    : oneAtATime(countingTrainer(plugins.trainer, work));
  return {
    ...planned,
    population: threads ? sharedPopulation(population) : population,
    plugins: { ...plugins, trainer },
    initial,
    ...{ work, threads, elsewhere },
  };
}

/** The same hospitals with their data where all threads can read them. */
export function sharedPopulation(population: Population): Population {
  if (!population.tabulated) return population;
  const hospitals = population.ids.map((id) => {
    const hospital = population.hospital(id);
    return { ...hospital, train: shareData(hospital.train) };
  });
  return populationOf(hospitals, population);
}
