import type { LossName } from '@fedward/core';
import { coxLoss } from '@fedward/core/training';
import { assertOutputs } from './outputs.js';

/**
 * The mean loss of a model over records, as a trainer's loss is defined in core's `lossSchema`, in nats for the
 * cross-entropies (there it is what scikit-learn calls `log_loss`, computed from logits and so never clipped).
 *
 * - `softmax-cross-entropy`: log sum_c e^(x_c) - x_y
 * - `sigmoid-cross-entropy`: log(1 + e^x) - x y
 * - `squared-error`: (x - y)^2 / 2
 * - `cox`: 0 for a censored record, else log sum_{j at risk} e^(x_j) - x, all the records being one risk set
 *
 * @param outputs [count, width] logits or values: width >= 2 for softmax, otherwise 1
 * @param labels [count] class numbers or values
 * @throws {FedwardError} DATA_EMPTY, ARGUMENT_INVALID, UPDATE_NOT_FINITE or LABEL_INVALID: see `assertOutputs`
 */
export function meanLoss(loss: LossName, outputs: Float32Array, labels: Float32Array): number {
  const { count, width } = assertOutputs(loss, outputs, labels);
  if (loss === 'cox') return coxLoss(outputs, labels).losses.reduce((sum, own) => sum + own, 0) / count;
  const one = losses[loss];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += one(outputs, labels[i]!, i * width, width);
  return sum / count;
}

/** Loss of the record whose outputs are at `from`: views and callbacks for each record took longer than its arithmetic. */
type RecordLoss = (outputs: Float32Array, label: number, from: number, width: number) => number;

const losses: Record<Exclude<LossName, 'cox'>, RecordLoss> = {
  'softmax-cross-entropy': (x, y, from, width) => {
    let largest = -Infinity;
    for (let i = from; i < from + width; i++) largest = Math.max(largest, x[i]!);
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += Math.exp(x[i]! - largest);
    return Math.log(sum) + largest - x[from + y]!;
  },
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  'sigmoid-cross-entropy': (outputs, y, i) => {
    const x = outputs[i]!;
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - x * y;
  },
  'squared-error': (outputs, y, i) => (outputs[i]! - y) ** 2 / 2,
};
