import { FedwardError, Random } from '@fedward/core';
import { estimateLabelNoise } from '@fedward/data-medical';
import { initialParameters } from '@fedward/models-medical';
import type { Population } from '../scenario/scenario.js';
import { probabilitiesOf } from './probabilities.js';
import type { HospitalLabelNoise, HospitalResult } from './result.js';
import type { RunParts } from './run-parts.js';
import { clippingAlone, planAlone } from './train-alone.js';
import { trainTogether } from './train-together.js';
import type { ResultWarning } from './warnings.js';

/**
 * An estimated rate from which on a hospital is warned of. On the tutorial hospitals with right labels have at most 7 %,
 * those with 30 % of wrong ones at least 20 %.
 */
export const noisyFrom = 0.15;

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a population where no model of others can doubt labels */
export function assertFindable({ ids, tabulated, classes, label }: Population): void {
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `--find-label-noise: ${why}`, '--find-label-noise');
  };
  if (classes < 2 || label === 'time-to-event') refuse('labels are doubted by their class, and these are no classes');
  if (!tabulated) refuse('there are too many hospitals for a table of each');
  if (ids.length < 2) refuse('a hospital is judged by a model that the others train, and there is only one');
}

/**
 * Each hospital's label noise by confident learning (Northcutt, Jiang and Chuang 2021), from the probabilities that a model
 * of all the OTHER hospitals gives to its training part: out of sample, and of more patients than one hospital has, whose
 * own small model doubts more than is wrong. It takes a training for each hospital, of all others by the plan's rounds.
 * A simulation can do so since it holds all data. Hospitals that are real would have to send the rate, and pay for it.
 */
export async function labelNoiseOf(
  run: Pick<RunParts, 'plan' | 'plugins' | 'population' | 'runId'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HospitalLabelNoise>> {
  const { population, plugins, runId } = run;
  const plan = planAlone(run.plan);
  const { trainer } = plugins;
  const initial = initialParameters(plan.model, new Random(plan.seed).fork('initial'));
  const gradientPrivacy = clippingAlone(plugins.mechanisms.find(({ gradient }) => gradient)?.gradient?.(run.plan));
  const hospitals = population.ids.map((id) => population.hospital(id));
  const found = new Map<string, HospitalLabelNoise>();
  for (const { id, train } of hospitals) {
    const others = hospitals.filter((other) => other.id !== id);
    const job = { plan, hospitals: others, runId: `${runId}-without-${id}`, initial, trainer, gradientPrivacy };
    const outputs = await trainer.predict(plan.model, await trainTogether(job, signal), train);
    const probabilities = probabilitiesOf(plan.model.loss, outputs, population.classes);
    const { noiseRate, suspicious } = estimateLabelNoise(train.labels, probabilities, population.classes);
    found.set(id, { rate: noiseRate, doubted: suspicious.length });
  }
  return found;
}

/** Of hospitals whose labels look wrong. */
export function aboutLabels(hospitals: readonly Pick<HospitalResult, 'id' | 'labelNoise'>[]): ResultWarning[] {
  return hospitals.flatMap(({ id, labelNoise }): ResultWarning[] => {
    if (!labelNoise || labelNoise.rate < noisyFrom) return [];
    const message =
      `About ${Math.round(100 * labelNoise.rate)}% of the training labels of ${id} look wrong to a model that the other hospitals ` +
      'trained. Wrong labels look like this, and so do patients who are hard to tell, or unlike those of the others: ' +
      'have the hospital look (fedward data doubts), and train with --set training.objective.generalizedCrossEntropy.q=0.9.';
    return [{ code: 'NOISY_LABELS', hospital: id, message }];
  });
}
