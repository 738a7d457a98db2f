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
  for (let i = 0; i < count; i++) sum += one(outputs.subarray(i * width, (i + 1) * width), labels[i]!);
  return sum / count;
}

const losses: Record<Exclude<LossName, 'cox'>, (outputs: Float32Array, label: number) => number> = {
  'softmax-cross-entropy': (x, y) => {
    const largest = x.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = x.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Math.log(sum) + largest - x[y]!;
  },
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  'sigmoid-cross-entropy': ([x = NaN], y) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - x * y,
  'squared-error': ([x = NaN], y) => (x - y) ** 2 / 2,
};
