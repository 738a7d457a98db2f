import { outputSize } from '@fedward/core';
import { logOdds, sigmoid, softmax } from '@fedward/metrics-clinical';
import { labelOf, type Labelled } from '../label.js';
import type { BundleManifest } from '../manifest.js';

/** What a model's outputs say, in the words of its task. */
export interface Answers {
  /** What each number is: `probability of diseased`, `predicted sbp (mmHg)`. */
  readonly names: readonly string[];
  /** Whether there is a class beside the numbers. */
  readonly classes: readonly string[] | undefined;
  /**
   * Of one record.
   * @param outputs [width] logits, values or log hazards
   * @param into [names]
   * @returns number of the predicted class; -1 where there are no classes
   */
  read(outputs: Float32Array, into: Float64Array): number;
}

/** The probability of class 1 from which on a record is called that. */
export function thresholdOf({ threshold }: Pick<BundleManifest, 'threshold'>): number {
  return threshold?.value ?? 0.5;
}

/** Names of the classes; numbers where nothing names them. */
export function classesOf(manifest: Labelled): readonly string[] {
  const { classes } = labelOf(manifest);
  if (classes) return classes;
  const count = manifest.task === 'classes' ? outputSize(manifest.model) : 2;
  return Array.from({ length: count }, (_, i) => String(i));
}

/** @param threshold of two classes; default the bundle's own */
export function answersOf(manifest: BundleManifest, threshold = thresholdOf(manifest)): Answers {
  const { task } = manifest;
  const label = labelOf(manifest);
  const unit = label.unit === undefined ? '' : ` (${label.unit})`;
  if (task === 'value')
    return {
      names: [`predicted ${label.name}${unit}`],
      classes: undefined,
      read: (outputs, into) => ((into[0] = outputs[0]!), -1),
    };
  if (task === 'survival') return survival(manifest, unit);
  const classes = classesOf(manifest);
  const names = classes.map((name) => `probability of ${name}`);
  if (task === 'binary')
    return {
      ...{ names, classes },
      read(outputs, into) {
        const [odds] = logOdds(outputs, outputs.length === 1 ? 1 : 2);
        into[0] = sigmoid(-odds!);
        into[1] = sigmoid(odds!);
        return Number(into[1] >= threshold);
      },
    };
  return {
    ...{ names, classes },
    read(outputs, into) {
      into.set(softmax(outputs));
      let best = 0;
      for (let c = 1; c < outputs.length; c++) if (outputs[c]! > outputs[best]!) best = c;
      return best;
    },
  };
}

/** The probability of the event by the horizon: 1 - exp(-H0(t) exp(log hazard)), H0 by Breslow (1972). */
function survival({ baseline, evaluationSettings: { horizon } }: BundleManifest, unit: string): Answers {
  if (!baseline || horizon === undefined)
    return {
      names: ['log hazard'],
      classes: undefined,
      read: (outputs, into) => ((into[0] = outputs[0]!), -1),
    };
  let cumulative = 0;
  baseline.times.forEach((time, i) => {
    if (time <= horizon) cumulative = baseline.cumulative[i]!;
  });
  return {
    names: ['log hazard', `probability of the event by ${Number(horizon.toPrecision(6))}${unit}`],
    classes: undefined,
    read(outputs, into) {
      into[0] = outputs[0]!;
      into[1] = -Math.expm1(-cumulative * Math.exp(outputs[0]!));
      return -1;
    },
  };
}

/** What a baseline hazard tells of patients. */
export function baselineWords({ times }: NonNullable<BundleManifest['baseline']>): string {
  return (
    `The baseline hazard in it is a table of ${times.length} times, each exactly the time of an event of one or more of the ` +
    'patients of the training parts: whoever has the model has these.'
  );
}
