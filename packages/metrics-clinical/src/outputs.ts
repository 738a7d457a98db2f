import { FedwardError, type LossName } from '@fedward/core';
import { firstNonFinite } from '@fedward/core/training';

/** What a model gave for some records, checked against their labels. */
export interface Scored {
  /** Number of records, >= 1. */
  readonly count: number;
  /** Outputs a record. */
  readonly width: number;
}

/**
 * Checks outputs [count, width] against labels [count].
 *
 * @throws {FedwardError} DATA_EMPTY for no record, ARGUMENT_INVALID where the lengths don't fit the loss,
 * UPDATE_NOT_FINITE for an output that is NaN or infinite (a model that diverged has no metrics),
 * LABEL_INVALID for a label that is no class of the model (no finite number for `squared-error`, no
 * time for `cox`)
 */
export function assertOutputs(loss: LossName, outputs: Float32Array, labels: Float32Array): Scored {
  const count = labels.length;
  if (count === 0) throw new FedwardError('DATA_EMPTY', 'there is no record to evaluate', 'labels');
  const width = outputs.length / count;
  const fits = loss === 'softmax-cross-entropy' ? Number.isInteger(width) && width >= 2 : width === 1;
  if (!fits)
    throw new FedwardError(
      'ARGUMENT_INVALID',
      `${outputs.length} outputs for ${count} labels don't fit ${loss}`,
      'outputs',
    );
  const bad = firstNonFinite(outputs);
  if (bad >= 0)
    throw new FedwardError(
      'UPDATE_NOT_FINITE',
      `the model's output for record ${Math.floor(bad / width)} is ${outputs[bad]}`,
      'outputs',
    );
  const [isLabel, why] = meaningOf(loss, width);
  const wrong = labels.findIndex((y) => !isLabel(y));
  if (wrong >= 0)
    throw new FedwardError('LABEL_INVALID', `the label of record ${wrong} is ${labels[wrong]}${why}`, 'labels');
  return { count, width };
}

/** Which labels the loss has a meaning for, and what to say of others. */
function meaningOf(loss: LossName, width: number): [(label: number) => boolean, string] {
  if (loss === 'squared-error') return [Number.isFinite, ''];
  if (loss === 'cox') return [(y) => Number.isFinite(y) && y !== 0, ', no time of an event or of censoring'];
  const classes = loss === 'softmax-cross-entropy' ? width : 2;
  return [(y) => Number.isInteger(y) && y >= 0 && y < classes, `, not a class from 0 to ${classes - 1}`];
}

/** 1 / (1 + e^-x), without overflow for any finite x. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Class probabilities of one record's logits: e^x / sum e^x, shifted by the largest so that none overflows. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const shifted = Float64Array.from(logits);
  const largest = shifted.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let i = 0; i < shifted.length; i++) sum += shifted[i] = Math.exp(shifted[i]! - largest);
  return shifted.map((e) => e / sum);
}

/**
 * The class that each record's outputs speak for: the largest logit, the first of equal ones; for a single
 * output the sign of the logit, 0 for exactly even odds.
 *
 * @param outputs [count, width] logits
 * @returns [count] class numbers
 */
export function predictedClasses(outputs: Float32Array, width: number): Uint32Array {
  const classes = new Uint32Array(outputs.length / width);
  for (let record = 0; record < classes.length; record++)
    classes[record] = width === 1 ? Number(outputs[record]! > 0) : largestOf(outputs, record * width, width);
  return classes;
}

/** Number of the largest of `width` values from `from` on; the first of equal ones. */
function largestOf(values: Float32Array, from: number, width: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) if (values[from + i]! > values[from + best]!) best = i;
  return best;
}

/**
 * How much each record's outputs speak for class 1 of two, in log-odds: the logit, or the difference of two.
 * Log-odds keep an order that probabilities lose where they round to 0 or 1.
 *
 * @param outputs [count, width] logits, width 1 or 2
 */
export function logOdds(outputs: Float32Array, width: 1 | 2): Float64Array {
  return Float64Array.from({ length: outputs.length / width }, (_, i) =>
    width === 1 ? outputs[i]! : outputs[2 * i + 1]! - outputs[2 * i]!,
  );
}
