import type { Predictions, PredictionTask } from './evaluation.js';

/**
 * What is asked of a model, by its loss and the width of its outputs. Without records by the number of classes that are
 * named; where none are, two.
 */
export function taskOf({ loss, outputs, labels, classes }: Predictions): PredictionTask {
  if (loss === 'squared-error') return 'value';
  if (loss === 'cox') return 'survival';
  if (labels.length === 0) return (classes?.length ?? 2) > 2 ? 'classes' : 'binary';
  return outputs.length > 2 * labels.length ? 'classes' : 'binary';
}

/** Some of the records, in the order of `rows`. */
export function recordsOf(predictions: Predictions, rows: ArrayLike<number>): Predictions {
  const { outputs, labels, patientIds } = predictions;
  const width = labels.length === 0 ? 1 : outputs.length / labels.length;
  const own = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) own.set(outputs.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return {
    ...predictions,
    outputs: own,
    labels: Float32Array.from(rows, (row) => labels[row]!),
    ...(patientIds && { patientIds: Array.from(rows, (row) => patientIds[row]!) }),
  };
}
