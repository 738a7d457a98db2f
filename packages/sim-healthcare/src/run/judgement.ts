import type { Parameters, TrainingData } from '@fedward/core';
import {
  breslowBaseline,
  type BaselineHazard,
  type EvaluationOptions,
  type Predictions,
} from '@fedward/metrics-clinical';
import { isPriced } from './declared-evaluation.js';
import type { ChosenThreshold } from './result.js';
import type { RunParts } from './run-parts.js';
import { thresholdOf } from './threshold.js';

type Judged = Pick<RunParts, 'plan' | 'plugins' | 'population'>;

/** By what the final model of a run is judged: declared, or learned on training parts, never on a test part. */
export interface Judgement {
  readonly options: EvaluationOptions;
  /** Of two classes. */
  readonly threshold?: ChosenThreshold;
  /** Of a Cox model, from the pooled training parts; absent under a price, which does not pay for it. */
  readonly baseline?: BaselineHazard;
}

/**
 * What is declared, with the rest: the threshold, and of survival the baseline hazard and the horizon (default: the median
 * time of the training parts). Under a price nothing is learned of training parts here, since nothing pays for it.
 */
export async function judgementOf(run: Judged, model: Parameters): Promise<Judgement> {
  const { plan, population } = run;
  const { loss } = plan.model;
  const { evaluation: declared = {}, classes, tabulated } = population;
  const { prevalence, operatingPoint } = declared;
  const training = once(() => trainingPredictions(run, model));
  if (loss === 'cox') {
    const learned = tabulated && !isPriced(plan) ? await training() : undefined;
    const horizon = declared.horizon ?? (learned && medianTime(learned.labels));
    const baseline = learned && breslowBaseline(learned.outputs, learned.labels);
    return {
      options: {
        ...(horizon !== undefined && { horizon }),
        ...(baseline && { baseline, trainingLabels: learned.labels }),
      },
      ...(baseline && { baseline }),
    };
  }
  if (loss === 'squared-error' || classes !== 2) return { options: {} };
  const threshold = await thresholdOf(declared.threshold, training);
  return {
    threshold,
    options: {
      // Without one a record is called what its logit's sign says, to the last bit as in each round.
      ...(threshold.on !== 'default' && { threshold: threshold.value }),
      ...(prevalence !== undefined && { prevalence }),
      ...(operatingPoint !== undefined && { operatingPoint }),
    },
  };
}

/** What a model says of a data set. */
export async function predictionsOf(
  { plan, plugins, population }: Judged,
  model: Parameters,
  data: TrainingData,
): Promise<Predictions> {
  return asPredictions({ plan, population }, await plugins.trainer.predict(plan.model, model, data), data);
}

/** The same for what was said already. */
export function asPredictions(
  { plan, population }: Pick<Judged, 'plan' | 'population'>,
  outputs: Float32Array,
  { labels, patientIds }: TrainingData,
): Predictions {
  const { classNames } = population;
  return {
    ...{ loss: plan.model.loss, outputs, labels },
    ...(patientIds && { patientIds }),
    ...(classNames && { classes: classNames }),
  };
}

async function trainingPredictions(run: Judged, model: Parameters): Promise<Predictions> {
  const parts: Predictions[] = [];
  for (const id of run.population.ids) parts.push(await predictionsOf(run, model, run.population.hospital(id).train));
  return {
    loss: run.plan.model.loss,
    outputs: joined(parts.map(({ outputs }) => outputs)),
    labels: joined(parts.map(({ labels }) => labels)),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Of events and of censoring. @param labels times, negative where censored */
function medianTime(labels: Float32Array): number {
  const times = labels.map(Math.abs).sort();
  const middle = times.length >> 1;
  return times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
