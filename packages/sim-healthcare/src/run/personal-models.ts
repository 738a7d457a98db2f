import { join } from 'node:path';
import {
  lastTaken,
  personalModelOf,
  secretRandomness,
  simulatedRandomness,
  type FederationResult,
  type Parameters,
} from '@fedward/core';
import { writeFileAtomic } from '@fedward/kit-files';
import { encodeBundle, parseManifest } from '@fedward/model-bundle';
import { bundleOf } from './bundle.js';
import type { CheckedRun } from './checked-run.js';
import { fileClientStore } from './client-store.js';
import { isPriced } from './declared-evaluation.js';
import { hospitalName } from './hospital-name.js';
import type { SimulationResult } from './result.js';
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

/**
 * Writes the personal model of each hospital into its own folder, as a bundle. It is not in the seal: it is the hospital's,
 * and the run's folder can be handed on without it.
 * @param models by the hospital's id
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function writePersonalModels(
  run: Pick<CheckedRun, 'plan' | 'population'>,
  models: ReadonlyMap<string, Parameters>,
  result: SimulationResult,
): Promise<void> {
  const { hospitals } = runPaths(result.folder);
  for (const [id, model] of models) {
    const own = result.hospitals.find((hospital) => hospital.id === id)?.personal;
    // Its risks would need a baseline of its own, so that a Cox model has none here.
    const { manifest, weights } = bundleOf(run, model, result);
    const about = { title: `${result.scenario}, personal model of ${id}`, evaluation: own?.evaluation ?? null };
    const bundle = { manifest: parseManifest({ ...manifest, ...about }), weights };
    await writeFileAtomic(join(hospitals, hospitalName(id), 'model.safetensors'), encodeBundle(bundle));
  }
}
