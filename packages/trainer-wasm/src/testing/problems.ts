import {
  parsePlan,
  type LocalTrainer,
  type ModelSpec,
  type NoiseSource,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import { vi } from 'vitest';
import type * as engineModule from '../engine/module.js';
import type { BuildName } from '../engine/module.js';

export {
  contextOf,
  dataOf,
  notAborted,
  relativeError,
  spec,
  weightsOf,
  type LayerInput,
} from '../../../../tools/testing/trainer-problems.js';

type Training = TrainingPlanInput['training'];

export function planOf(
  model: ModelSpec,
  batches: Training['batches'],
  optimizer: Training['optimizer'] = { name: 'sgd', learningRate: 1 },
  patients = false,
): TrainingPlan {
  const { inputShape, layers, loss } = model;
  return parsePlan({
    schemaVersion: 1,
    name: 'test',
    seed: 1,
    rounds: 1,
    model: { inputShape: [...inputShape], layers: [...layers], loss },
    training: { trainer: 'wasm', batches, optimizer },
    aggregator: { name: 'any' },
    ...(patients && { privacy: { mechanisms: [{ name: 'any' }], accountant: 'any', delta: 1e-5, unit: 'patient' } }),
  });
}

/** All units are in each batch, no noise is added; asked for each draw. */
export const everyone: NoiseSource = { simulationOnly: true, uniform: () => 0, addGaussian: () => undefined };

/** The trainer on one build, whichever is the best here. */
export async function trainerOn(build: BuildName): Promise<LocalTrainer> {
  vi.resetModules();
  vi.doMock('../engine/module.js', async (original) => {
    const module = await original<typeof engineModule>();
    return { ...module, bestBuild: () => module.loadBuild(build) };
  });
  const { wasmTrainer } = await import('../trainer.js');
  return wasmTrainer();
}
