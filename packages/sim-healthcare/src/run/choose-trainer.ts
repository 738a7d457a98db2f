import { placeLayers, type TrainingPlan } from '@fedward/core';
import { anyTrainer, defaultPlugins, largeTrainer } from '../plugins/catalogue.js';
import type { InstalledPlugins } from '../plugins/installed.js';
import { secondsOfAStep } from '../threads/worker-count.js';

/** The trainer that suits a plan, and why it does, in a sentence. */
export interface TrainerChoice {
  readonly name: string;
  readonly why: string;
}

type Work = Pick<TrainingPlan, 'model'> & { readonly training: Pick<TrainingPlan['training'], 'batches'> };

/**
 * The trainer by which a plan's steps take least time, by the speeds that trainers say of themselves: a guess of the work,
 * not of this machine, so that equal plans get equal trainers wherever the same is installed. A graph has but one. The plan
 * then names it, and its hash covers it: a hospital approves a trainer, never a choice.
 *
 * @param installed plugins with `defaultPlugins.trainer` and `largeTrainer` loaded, where there are such
 */
export function chooseTrainer(plan: Work, installed: InstalledPlugins): TrainerChoice {
  const small = defaultPlugins.trainer;
  const graph = placeLayers(plan.model).some(({ layer }) => layer.type === 'graph');
  if (graph) return { name: largeTrainer, why: `The trainer is ${largeTrainer}: it alone knows a model's graph.` };
  const speeds = [small, largeTrainer].map((name) => installed.find('trainer', name)?.speed);
  const [ofSmall, ofLarge] = speeds.map((speed) => speed && secondsOfAStep(plan, speed)) as [number?, number?];
  if (ofSmall === undefined || ofLarge === undefined)
    return { name: small, why: `The trainer is ${small}: there is no other to choose.` };
  const both = `by a rough guess a step takes ${milliseconds(ofSmall)} with ${small} and ${milliseconds(ofLarge)} with ${largeTrainer}`;
  if (ofSmall <= ofLarge) return { name: small, why: `The trainer is ${small}: ${both}.` };
  if (installed.find('trainer', largeTrainer)?.available?.() === false)
    return { name: small, why: `The trainer is ${small}, since what ${largeTrainer} needs is not installed: ${both}.` };
  return { name: largeTrainer, why: `The trainer is ${largeTrainer}: ${both}.` };
}

/** Whether a trainer is to be chosen: none is named, or `auto` is. */
export function isAnyTrainer(name: string | undefined): boolean {
  return name === undefined || name === anyTrainer;
}

/**
 * What is told of a choice: all of it where someone asked for one, else only what is not as it always was.
 * @param named the trainer that options or config name
 */
export function toldChoice(
  plan: TrainingPlan,
  named: string | undefined,
  installed: InstalledPlugins,
): string | undefined {
  if (!isAnyTrainer(named)) return undefined;
  const { name, why } = chooseTrainer(plan, installed);
  return named === anyTrainer || name !== defaultPlugins.trainer ? why : undefined;
}

function milliseconds(seconds: number): string {
  return `${Number((1000 * seconds).toPrecision(2))} ms`;
}
