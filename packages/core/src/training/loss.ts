import type { LossName } from '../model/spec.js';
import { coxLoss } from './cox.js';
import { smallestKept, type RoundObjective } from './objective.js';

/** The losses of a batch. */
export interface BatchLoss {
  /** [batch]: weighed and chosen as the objective says; their mean is the batch's. */
  readonly losses: Float64Array;
  /** [batch, outputs]: gradient of the SUM of the losses by the outputs. */
  readonly gradient: Float32Array;
  /** What the losses were made by; absent where it is the model's own loss. */
  readonly objective?: RoundObjective;
}

/**
 * Loss of each example and its gradient, in plain numbers: outputs are few, and this way they are the same on
 * every backend.
 *
 * @param outputs [batch, width] logits (cross-entropy) or values (squared error, cox), row after row
 * @param labels [batch]
 * @param objective see core's `objectiveSchema`; for cross-entropies alone
 */
export function lossOf(
  name: LossName,
  outputs: Float32Array | Float64Array,
  labels: Float32Array,
  width: number,
  objective?: RoundObjective,
): BatchLoss {
  switch (name) {
    case 'cox': {
      const { losses, gradient } = coxLoss(outputs, labels);
      return { losses, gradient: Float32Array.from(gradient) };
    }
    case 'squared-error':
      return {
        losses: Float64Array.from(labels, (label, i) => (outputs[i]! - label) ** 2 / 2),
        gradient: Float32Array.from(outputs, (value, i) => value - labels[i]!),
      };
    case 'softmax-cross-entropy':
      return crossEntropy(softmax, outputs, labels, width, objective);
    case 'sigmoid-cross-entropy':
      return crossEntropy(sigmoid, outputs, labels, 1, objective);
  }
}

/** Writes the gradient by the outputs that begin at `start`, and returns the loss: of one example. */
type ExampleLoss = (
  outputs: Float32Array | Float64Array,
  start: number,
  label: number,
  gradient: Float64Array,
  objective: RoundObjective,
) => number;

function crossEntropy(
  lossOfExample: ExampleLoss,
  outputs: Float32Array | Float64Array,
  labels: Float32Array,
  width: number,
  objective: RoundObjective = {},
): BatchLoss {
  const losses = new Float64Array(labels.length);
  const exact = new Float64Array(outputs.length);
  for (let i = 0; i < labels.length; i++) {
    const own = exact.subarray(i * width, (i + 1) * width);
    losses[i] = lossOfExample(outputs, i * width, labels[i]!, own, objective);
  }
  const { classWeights, keepSmallest } = objective;
  if (classWeights || keepSmallest !== undefined) {
    const kept = keepSmallest === undefined ? undefined : smallestKept(losses, keepSmallest);
    for (let i = 0; i < labels.length; i++) {
      const factor = (classWeights?.[labels[i]!] ?? 1) * (kept?.[i] ?? 1);
      losses[i] = factor === 0 ? 0 : losses[i]! * factor;
      for (let k = i * width; k < (i + 1) * width; k++) exact[k] = factor === 0 ? 0 : exact[k]! * factor;
    }
  }
  const gradient = Float32Array.from(exact);
  return Object.keys(objective).length > 0 ? { losses, gradient, objective } : { losses, gradient };
}

/** With p = softmax(z): the gradient of -sum_k t_k log p_k is p - t, that of (1 - p_y^q) / q is p_y^q (p - [k = y]). */
const softmax: ExampleLoss = (outputs, start, label, gradient, { labelSmoothing = 0, generalizedCrossEntropy }) => {
  const width = gradient.length;
  let largest = -Infinity;
  for (let k = 0; k < width; k++) largest = Math.max(largest, outputs[start + k]!);
  let sum = 0;
  for (let k = 0; k < width; k++) sum += Math.exp(outputs[start + k]! - largest);
  const logSum = Math.log(sum) + largest;
  const spread = labelSmoothing / width;
  for (let k = 0; k < width; k++)
    gradient[k] = Math.exp(outputs[start + k]! - largest) / sum - (k === label ? 1 - labelSmoothing + spread : spread);
  const loss = logSum - outputs[start + label]!;
  if (generalizedCrossEntropy) return generalized(loss, generalizedCrossEntropy.q, gradient);
  if (labelSmoothing === 0) return loss;
  let others = 0; // sum_k (log sum - z_k), which is that of the -log p_k
  for (let k = 0; k < width; k++) others += logSum - outputs[start + k]!;
  return (1 - labelSmoothing) * loss + spread * others;
};

const sigmoid: ExampleLoss = (outputs, start, label, gradient, { labelSmoothing = 0, generalizedCrossEntropy }) => {
  const z = outputs[start]!;
  const target = (1 - labelSmoothing) * label + labelSmoothing / 2;
  gradient[0] = 1 / (1 + Math.exp(-z)) - target;
  const loss = Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
  return generalizedCrossEntropy ? generalized(loss, generalizedCrossEntropy.q, gradient) : loss;
};

/**
 * From the cross-entropy -log p_y to (1 - p_y^q) / q, which is -expm1(q log p_y) / q, and its gradient.
 * @param gradient of the cross-entropy; changed
 */
function generalized(crossEntropy: number, q: number, gradient: Float64Array): number {
  const power = Math.exp(-q * crossEntropy); // p_y^q
  for (let k = 0; k < gradient.length; k++) gradient[k]! *= power;
  return -Math.expm1(-q * crossEntropy) / q;
}
