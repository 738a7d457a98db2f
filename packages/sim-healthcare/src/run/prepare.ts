import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { assertFederation, FedwardError } from '@fedward/core';
import { defaultPlugins } from '../plugins/catalogue.js';
import { findScenario } from '../scenario/index.js';
import type { LoadOptions, Population } from '../scenario/scenario.js';
import { populationOf } from '../scenario/population.js';
import { countingTrainer } from '../wiring/counting-trainer.js';
import { oneAtATime } from '../wiring/one-at-a-time.js';
import { pluginsOf } from '../wiring/plugins.js';
import { pooledTrainer, poolFor, shareData } from '../threads/index.js';
import { TrainingWork } from '../wiring/training-work.js';
import { InstalledPlugins } from '../plugins/installed.js';
import type { TeamPlugins } from '../plugins/team.js';
import { buildPlan } from './build-plan.js';
import { assertLedgers } from './ledgers.js';
import { assertNumberOfHospitals, assertNoIgnoredOptions } from './ignored-options.js';
import type { PreparedRun } from './prepared-run.js';
import { pricedUnit, privacyOf } from './privacy-plan.js';
import { setAt } from './set-keys.js';
import type { SimulateOptions } from './options.js';
import { simulationSchema, type PlannedRun, type Simulation } from './run-folder.js';
import { assertSameInputs, inputsOf } from './run-inputs.js';
import { federationOf } from './federation.js';

export type { PreparedRun } from './prepared-run.js';

/** How a run is carried out. Threads change no bit of what comes out; plugins have to be those that it began with. */
export interface Execution {
  /** Number of threads. */
  readonly workers?: number | undefined;
  /** Of a team's own. */
  readonly plugins?: readonly TeamPlugins[] | undefined;
}

/** @throws {FedwardError} of the family `configuration`, naming the key, option or file */
export async function prepare(options: SimulateOptions, runId: string): Promise<PreparedRun> {
  const scenario = findScenario(options.scenario);
  assertNoIgnoredOptions(scenario, options);
  assertNumberOfHospitals(scenario, options.hospitals);
  const simulation = simulationSchema.parse({
    scenario: scenario.name,
    // '' names no folder, not the one we are in.
    ...(options.dataDir !== undefined && { dataDir: options.dataDir && resolve(options.dataDir) }),
    ...(options.hospitals !== undefined && { hospitals: options.hospitals }),
    dropRate: options.dropRate,
    secureNoise: options.secureNoise,
    ...(options.ledger !== undefined && { ledger: resolve(options.ledger) }),
    local: options.local,
  });
  const { plugins: team = [], set = {} } = options;
  const { plugins: _, ...asked } = options;
  const installed = await InstalledPlugins.load(team, asked, defaultPlugins, scenario.privacy);
  const configured = (options.config as { seed?: unknown } | undefined)?.seed;
  const told = setAt(set, 'seed') ?? options.seed ?? configured;
  const seed = typeof told === 'number' ? told : 42;
  const priced = pricedUnit(privacyOf(scenario, options, installed), options);
  const splitSecret = options.secureNoise ? randomBytes(32) : undefined;
  const population = await load(simulation, { seed, priced, splitSecret });
  const plan = buildPlan(scenario, population, options, installed);
  if (plan.privacy?.unit !== priced) throw new Error('the data were loaded for another privacy than that of the plan');
  const planned = { runId, plan, simulation, inputs: inputsOf(population, team), ...(splitSecret && { splitSecret }) };
  const run = await assemble(planned, population, installed, options);
  await assertLedgers(run, options.budget);
  return run;
}

/**
 * A run as its folder tells it, on the data that it began with.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the inputs that are others now
 */
export async function prepareAgain(planned: PlannedRun, execution: Execution): Promise<PreparedRun> {
  const { simulation, plan, splitSecret } = planned;
  const population = await load(simulation, { seed: plan.seed, priced: plan.privacy?.unit, splitSecret });
  const { plugins: team = [] } = execution;
  assertSameInputs(planned.inputs, inputsOf(population, team));
  return assemble(planned, population, await InstalledPlugins.load(team, plan), execution);
}

async function load(
  { scenario, dataDir, hospitals }: Simulation,
  options: Pick<LoadOptions, 'seed' | 'priced' | 'splitSecret'>,
): Promise<Population> {
  const population = await findScenario(scenario).load({ ...options, dataDir, hospitals });
  if (population.ids.length === 0) throw new FedwardError('CONFIG_INVALID', 'there are no hospitals', 'hospitals');
  return population;
}

async function assemble(
  planned: PlannedRun,
  population: Population,
  installed: InstalledPlugins,
  { workers }: Execution,
): Promise<PreparedRun> {
  const { plan, simulation } = planned;
  const plugins = await pluginsOf(plan, installed);
  const work = new TrainingWork();
  const threads = poolFor(plan, population, {
    ...{ local: simulation.local, workers },
    trainer: installed.trainerSource(plan.training.trainer),
  });
  const trainer = threads
    ? pooledTrainer(plugins.trainer, threads, work)
    : oneAtATime(countingTrainer(plugins.trainer, work));
  const run: PreparedRun = {
    ...planned,
    population: threads ? shared(population) : population,
    plugins: { ...plugins, trainer },
    work,
    threads,
  };
  assertFederation(federationOf(run));
  return run;
}

/** The same hospitals with their data where all threads can read them. */
function shared(population: Population): Population {
  if (!population.tabulated) return population;
  const hospitals = population.ids.map((id) => {
    const hospital = population.hospital(id);
    return { ...hospital, train: shareData(hospital.train) };
  });
  return populationOf(hospitals, population);
}
