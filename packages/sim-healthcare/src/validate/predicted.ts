import type { LossName, Parameters } from '@fedward/core';
import { evaluate, type Evaluation, type EvaluationOptions, type Predictions } from '@fedward/metrics-clinical';
import type { RunParts } from '../run/run-parts.js';
import type { Population } from '../scenario/scenario.js';
import type { FoldHospital } from './fold.js';
import { joined } from './joined.js';

/** What a model says of one hospital's test records, and what was true. */
export interface Predicted {
  readonly hospital: string;
  /** [count, width] */
  readonly outputs: Float32Array;
  /** [count] */
  readonly labels: Float32Array;
  readonly patientIds: readonly string[] | undefined;
}

/** Hospital by hospital, of those that have test records. */
export async function predicted(
  { plan, plugins }: Pick<RunParts, 'plan' | 'plugins'>,
  model: Parameters,
  hospitals: readonly FoldHospital[],
): Promise<Predicted[]> {
  const all: Predicted[] = [];
  for (const { id, test } of hospitals) {
    if (!test) continue;
    const outputs = await plugins.trainer.predict(plan.model, model, test);
    all.push({ hospital: id, outputs, labels: test.labels, patientIds: test.patientIds });
  }
  return all;
}

/** Those of several hospitals or folds in one. Patients of two hospitals are two, whatever their ids. */
export function together(
  all: readonly Predicted[],
  loss: LossName,
  classes: readonly string[] | undefined,
): Predictions {
  const known = all.every(({ patientIds }) => patientIds !== undefined);
  return {
    loss,
    outputs: joined(all.map(({ outputs }) => outputs)),
    labels: joined(all.map(({ labels }) => labels)),
    ...(known && {
      patientIds: all.flatMap(({ hospital, patientIds }) => patientIds!.map((id) => JSON.stringify([hospital, id]))),
    }),
    ...(classes && { classes }),
  };
}

/** By what the study declares; a threshold that is to be chosen is 0.5 here, where no fold has chosen one. */
export function evaluationOptions({ evaluation = {} }: Population): EvaluationOptions {
  const { threshold, prevalence, operatingPoint, horizon } = evaluation;
  return {
    ...(typeof threshold === 'number' && { threshold }),
    ...(prevalence !== undefined && { prevalence }),
    ...(operatingPoint !== undefined && { operatingPoint }),
    ...(horizon !== undefined && { horizon }),
  };
}

/** Null where there is no record. */
export function evaluated(
  all: readonly Predicted[],
  { loss, classes, options }: { loss: LossName; classes: readonly string[] | undefined; options: EvaluationOptions },
): Evaluation | null {
  return all.length === 0 ? null : evaluate(together(all, loss, classes), options);
}
