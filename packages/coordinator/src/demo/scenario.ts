import type { TrainingPlan } from '@fedward/core';
import { buildPlan, findScenario, InstalledPlugins, type Population } from '@fedward/sim-healthcare';
import type { LocalSite } from '../local/options.js';
import { hospitals, type DemoFlags } from './settings.js';

/** What is run, and of whom. */
export interface DemoScenario {
  readonly plan: TrainingPlan;
  readonly sites: readonly LocalSite[];
  /** All hospitals together, as only a demonstration has them: the model is scored on their test parts. */
  readonly population: Population;
}

/** Of heart disease the smallest takes no part. */
const smallest = ['switzerland'];

/**
 * The plan that `fedward simulate` has for the same hospitals, in which no round goes on without one of them: whoever is
 * killed is waited for.
 * @throws {FedwardError} FILE_NOT_FOUND without data; CONFIG_INVALID, CONFIG_INCOMPATIBLE naming the option
 */
export async function demoScenario(flags: DemoFlags): Promise<DemoScenario> {
  const { scenario: name, data: dataDir, seed, rounds, privacy, noiseMultiplier } = flags;
  const scenario = findScenario(name);
  const population = await scenario.load({
    ...{ seed, dataDir, priced: privacy === 'none' ? undefined : 'record' },
    ...(scenario.mostHospitals === undefined ? { without: smallest } : { hospitals }),
  });
  const options = {
    ...{ scenario: name, seed, privacy, quorum: population.ids.length },
    ...(rounds !== undefined && { rounds }),
    ...(noiseMultiplier !== undefined && { noiseMultiplier }),
    // Scores of patients have a price that no mechanism of training pays.
    ...(privacy === 'none' && { config: { evaluation: { every: 1 } } }),
  };
  const plan = buildPlan(scenario, population, options, await InstalledPlugins.load([], options, privacy, defaults));
  const sites = population.ids.map((id) => ({
    id,
    data: { scenario: name, hospital: id, ...(scenario.needsData ? { folder: dataDir! } : { hospitals }) },
  }));
  return { plan, sites, population };
}

/** Plugins that a plan names where nobody names others. */
const defaults = ['fedavg', 'wasm'];
