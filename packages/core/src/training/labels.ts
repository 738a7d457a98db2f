import { FedwardError } from '../base/errors.js';
import type { LossName } from '../model/spec.js';

/**
 * @param labels [count]
 * @param width number of outputs of the model: of classes, for softmax cross-entropy
 * @throws {FedwardError} LABEL_INVALID for a label that the loss has no meaning for, by its row
 */
export function assertLabels(name: LossName, labels: Float32Array, width: number): void {
  const [valid, wanted] = {
    'softmax-cross-entropy': [
      (x: number) => Number.isInteger(x) && x >= 0 && x < width,
      `a class number from 0 to ${width - 1}`,
    ] as const,
    'sigmoid-cross-entropy': [(x: number) => x === 0 || x === 1, '0 or 1'] as const,
    'squared-error': [Number.isFinite, 'a finite number'] as const,
    cox: [(x: number) => Number.isFinite(x) && x !== 0, 'a finite time, negative where censored and never 0'] as const,
  }[name];
  const row = labels.findIndex((label) => !valid(label));
  if (row >= 0)
    throw new FedwardError('LABEL_INVALID', `the label of row ${row} must be ${wanted} for ${name}`, 'labels');
}
