import {
  changeOf,
  modelOf,
  SeededNoise,
  type Task,
  type GradientPrivacy,
  type LocalTrainer,
  type Tensors,
  type Random,
  type TrainingPlan,
} from '@fedward/core';
import { parseInstructions } from '@fedward/core/training';
import type { Population } from '../scenario/scenario.js';

/** The update that a hospital would make of a task without its canaries, and without noise. */
export type ReferenceUpdate = (clientId: string, task: Task, signal: AbortSignal) => Promise<Tensors>;

/**
 * What an adversary expects who knows every record but the canaries' coins, as the one of the definition of
 * differential privacy does: by how much an update differs from it is what canaries and noise did. Batches are drawn
 * anew, from a stream of its own.
 *
 * @param population without canaries
 */
export function referenceUpdates(
  population: Population,
  { plan, trainer, gradient }: { plan: TrainingPlan; trainer: LocalTrainer; gradient: GradientPrivacy },
  random: Random,
): ReferenceUpdate {
  return async (clientId, { payload, runId, round, instructions }, signal) => {
    const sent = modelOf(payload);
    const own = random.fork(clientId, round);
    const context = {
      ...{ clientId, runId, round, plan, wishes: parseInstructions(instructions) },
      random: own.fork('random'),
      noise: new SeededNoise(own.fork('noise')),
      gradientPrivacy: { ...gradient, noiseMultiplier: 0 },
    };
    const trained = await trainer.train(sent, population.hospital(clientId).train, context, signal);
    return changeOf(trained.payload, sent);
  };
}
