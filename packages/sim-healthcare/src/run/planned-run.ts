import { randomBytes } from 'node:crypto';
import { didYouMean, FedwardError, type PrivacyUnit, type TrainingPlan } from '@fedward/core';
import { bufferedCollector, defaultPlugins, largeTrainer, secureAggregation } from '../plugins/catalogue.js';
import { InstalledPlugins } from '../plugins/installed.js';
import type { TeamPlugins } from '../plugins/team.js';
import { readOptOuts, type OptOuts } from '../scenario/opt-outs.js';
import { findScenario } from '../scenario/index.js';
import type { LoadOptions, Population, Scenario } from '../scenario/scenario.js';
import { assertValidatable } from '../validate/assert-validatable.js';
import type { Fold, FoldHospital } from '../validate/fold.js';
import { assertPolicies } from '../policy/rules.js';
import { buildPlan } from './build-plan.js';
import { toldChoice } from './choose-trainer.js';
import { assertNumberOfHospitals, assertNoIgnoredOptions } from './ignored-options.js';
import { readInitial, type InitialFile } from './initial-weights.js';
import { assertEvaluation, withDeclared } from './declared-evaluation.js';
import type { SimulateOptions } from './options.js';
import { splitTrainerFlags } from './flags.js';
import { assertFindable } from './label-noise.js';
import { assertStillFrozen, isModelFile, readModelFile, withModelFile } from './model-file.js';
import { pricedUnit, privacyOf } from './privacy-plan.js';
import type { PlannedRun } from './run-folder.js';
import { assertSameInputs, inputsOf, type LoadedWhere } from './run-inputs.js';
import { assertKeyOfAny } from './run-keys.js';
import { setAt } from './set-keys.js';
import { simulationOf } from './simulation.js';
import type { Simulation } from './simulation-schema.js';

/** What is planned, with the data and the plugins that it is planned for. */
export interface LoadedRun {
  readonly planned: PlannedRun;
  readonly population: Population;
  readonly installed: InstalledPlugins;
  /** Weights that it starts from, where they are in a file. */
  readonly initialFile: InitialFile | undefined;
}

/**
 * A new run.
 * @throws {FedwardError} of the family `configuration`, naming the key, option or file
 */
export async function planRun(options: SimulateOptions, runId: string): Promise<LoadedRun> {
  const scenario = findScenario(options.scenario);
  assertNoIgnoredOptions(scenario, options);
  assertNumberOfHospitals(scenario, options.hospitals);
  const simulation = simulationOf(options);
  const { plugins: team = [], ...asked } = options;
  const buffer = options.collect === undefined ? null : bufferedCollector;
  const masks = options.secagg ? secureAggregation : null;
  const file = options.model !== undefined && isModelFile(options.model) ? options.model : undefined;
  const installed = await InstalledPlugins.load(
    team,
    asked,
    defaultPlugins,
    largeTrainer,
    scenario.privacy,
    masks,
    buffer,
  );
  const priced = pricedUnit(privacyOf(scenario, options, installed), options);
  const splitSecret = options.secureNoise ? randomBytes(32) : undefined;
  const optOuts = await optOutsOf(simulation);
  const population = await load(scenario, simulation, { seed: seedOf(options), priced, splitSecret, optOuts });
  assertSlow(simulation, population);
  assertKeyOfAny(simulation.keys, population);
  assertPolicies(simulation, population);
  const own = file === undefined ? undefined : await readModelFile(file, population);
  const { model: _file, ...others } = options;
  const told = own ? { ...others, config: withModelFile(options.config, own) } : options;
  const plan = buildPlan(scenario, population, told, installed);
  if (own) assertStillFrozen(plan, own);
  assertEvaluation(population, plan);
  if (unitOf(plan) !== priced) throw new Error('the data were loaded for another privacy than that of the plan');
  const begun = own ? { initial: own.initial, ...simulation } : simulation;
  const initialFile = await initialOf(begun);
  const inputs = inputsOf(population, team, initialFile, optOuts);
  assertValidatable({ scenario, simulation: begun, population, plan });
  const { trainerOptions } = splitTrainerFlags(options.flags ?? {}, plan.training.trainer, installed);
  const trainerChoice = toldChoice(plan, trainerIn(told), installed);
  const simulated = {
    ...begun,
    ...(Object.keys(trainerOptions).length > 0 && { trainerOptions }),
    ...(trainerChoice !== undefined && { trainerChoice }),
  };
  const planned = { runId, plan, simulation: simulated, inputs, ...(splitSecret && { splitSecret }) };
  return { planned, population, installed: installed.withTrainerOptions(trainerOptions), initialFile };
}

/**
 * A run as its folder tells it, on the data that it began with.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the inputs that are others now
 */
export async function reloadRun(
  planned: PlannedRun,
  team: readonly TeamPlugins[] = [],
  where: LoadedWhere = '--resume',
): Promise<LoadedRun> {
  const { simulation, plan, splitSecret } = planned;
  const optOuts = await optOutsOf(simulation);
  const by = { seed: plan.seed, priced: unitOf(plan), splitSecret, optOuts };
  const population = await load(findScenario(simulation.scenario), simulation, by);
  const initialFile = await initialOf(simulation);
  const installed = (await InstalledPlugins.load(team, plan)).withTrainerOptions(simulation.trainerOptions);
  assertSameInputs(planned.inputs, inputsOf(population, team, initialFile, optOuts), where);
  return { planned, population, installed, initialFile };
}

function initialOf({ initial }: Simulation): Promise<InitialFile | undefined> {
  return initial === undefined ? Promise.resolve(undefined) : readInitial(initial);
}

function optOutsOf({ optOuts }: Simulation): Promise<OptOuts | undefined> {
  return optOuts === undefined ? Promise.resolve(undefined) : readOptOuts(optOuts);
}

/** @throws {FedwardError} CONFIG_INVALID for a hospital that there is not */
function assertSlow({ slow = {} }: Simulation, { ids }: Population): void {
  const unknown = Object.keys(slow).find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  const there = ids.length > 20 ? `${ids[0]} to ${ids.at(-1)}` : ids.join(', ');
  const message = `--slow: there is no hospital ${unknown}; there are ${there}${didYouMean(unknown, ids)}`;
  throw new FedwardError('CONFIG_INVALID', message, '--slow');
}

/** Of what the plan's epsilon speaks. A price can't be told without a delta, so that without one there is none. */
function unitOf({ privacy }: TrainingPlan): PrivacyUnit | undefined {
  return privacy?.delta === undefined ? undefined : privacy.unit;
}

/** The trainer that someone names. */
function trainerIn({ set = {}, trainer, config }: SimulateOptions): string | undefined {
  const configured = (config as { training?: { trainer?: unknown } } | undefined)?.training?.trainer;
  const named = setAt(set, 'training.trainer') ?? trainer ?? configured;
  return typeof named === 'string' ? named : undefined;
}

/** The plan's, which is not built before the data are loaded by it. */
function seedOf({ set = {}, seed, config }: SimulateOptions): number {
  const told = setAt(set, 'seed') ?? seed ?? (config as { seed?: unknown } | undefined)?.seed;
  return typeof told === 'number' ? told : 42;
}

/**
 * A run's hospitals as a fold parts their records, loaded anew.
 * @throws {FedwardError} as `planRun`
 */
export async function foldOf({ planned }: LoadedRun, fold: Fold): Promise<readonly FoldHospital[]> {
  const { simulation, plan, splitSecret } = planned;
  const scenario = findScenario(simulation.scenario);
  if (!scenario.fold) throw new Error(`${scenario.name} has no folds`);
  const by = { seed: plan.seed, priced: unitOf(plan), splitSecret, optOuts: await optOutsOf(simulation) };
  return scenario.fold({ ...by, ...whereOf(simulation) }, fold);
}

type LoadedBy = Pick<LoadOptions, 'seed' | 'priced' | 'splitSecret' | 'optOuts'>;

/** Where its data are, as a scenario is told. */
export function whereOf(simulation: Simulation): Omit<LoadOptions, keyof LoadedBy> {
  const { dataDir, schema, partition, hospitals, labelNoise, without } = simulation;
  return { dataDir, hospitals, schemaFile: schema, partition, labelNoise, without };
}

async function load(scenario: Scenario, simulation: Simulation, options: LoadedBy): Promise<Population> {
  const population = await scenario.load({ ...options, ...whereOf(simulation) });
  if (population.ids.length === 0) throw new FedwardError('CONFIG_INVALID', 'there are no hospitals', 'hospitals');
  if (simulation.findLabelNoise) assertFindable(population);
  const missed = options.optOuts?.missed();
  const told = missed === undefined ? population : { ...population, notices: [...(population.notices ?? []), missed] };
  return withDeclared(told, simulation.evaluation);
}
