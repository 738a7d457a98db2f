import {
  lastTaken,
  personalModelOf,
  secretRandomness,
  simulatedRandomness,
  type FederationResult,
  type Parameters,
} from '@fedward/core';
import { fileClientStore } from './client-store.js';
import { isPriced } from './declared-evaluation.js';
import type { Hospital } from '../scenario/scenario.js';
import { runPaths } from './run-folder.js';
import type { RunParts } from './run-parts.js';

/** A hospital's personal model. */
export type PersonalModels = (hospital: Hospital) => Promise<Parameters>;

/**
 * The personal models of a run whose rounds are all done, each made as its hospital makes it: of the final model, what it
 * remembers, and its training part.
 *
 * @returns undefined where the plan's strategy makes none; where anything has a price, which does not pay for models that
 *   nothing protects, nor for what they score; and where hospitals are too many for a table
 */
export function personalModels(
  run: RunParts,
  { model, rounds }: FederationResult,
  folder: string,
  signal: AbortSignal,
): PersonalModels | undefined {
  const { plan, plugins, population, simulation, runId } = run;
  const { strategy, trainer, mechanisms } = plugins;
  if (!strategy?.personalModel || isPriced(plan) || !population.tabulated) return undefined;
  const randomness = simulation.secureNoise ? secretRandomness() : simulatedRandomness(plan.seed);
  const store = fileClientStore(runPaths(folder).hospitals);
  return ({ id, train }) =>
    personalModelOf(
      { id, data: train, plan, trainer, strategy, mechanisms, randomness, store },
      { runId, round: rounds.length - 1, payload: model, taken: lastTaken(rounds, id) },
      signal,
    );
}
