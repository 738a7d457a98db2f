import { assertFederation } from '@fedward/core';
import { federationOf } from '../run/federation.js';
import { partsOf } from '../run/checked-run.js';
import type { SimulateOptions } from '../run/options.js';
import { planRun } from '../run/planned-run.js';
import { reachOf, type HospitalReach } from './reach.js';

/** How far each hospital could move the model of a run that has not begun. */
export interface PlanReach {
  readonly scenario: string;
  readonly aggregator: string;
  readonly mechanisms: readonly string[];
  readonly hospitals: readonly HospitalReach[];
}

/**
 * Of the run that `simulate` would make of these options; nothing is trained, and nothing written.
 * @throws {FedwardError} of the family `configuration`, as `simulate`
 */
export async function reachOfRun(options: SimulateOptions): Promise<PlanReach> {
  const parts = await partsOf(await planRun(options, 'reach'), 1);
  const { plugins, plan, initial, population } = parts;
  assertFederation(federationOf(parts));
  // It may need more hospitals than there are.
  plugins.aggregator.init(initial, { plan, population: population.ids.length });
  return {
    scenario: options.scenario,
    aggregator: plugins.aggregator.name,
    mechanisms: plugins.mechanisms.map(({ name }) => name),
    hospitals: reachOf(parts),
  };
}
