import type { LossName, RoundObjective } from '@fedward/core';

/** What an example is trained towards. */
export interface Targets {
  /** [batch, width]: t of the gradient w (p - t), by the outputs before softmax or sigmoid. */
  readonly targets: Float32Array;
  /** [batch]: w. */
  readonly weights: Float32Array;
}

/**
 * Whether the gradient of a loss by the outputs hangs on the example alone, so that the graph can compute it; others are
 * computed from the outputs of the whole batch by core's `lossOf`.
 */
export function isByExample(loss: LossName, objective?: RoundObjective): boolean {
  return loss !== 'cox' && objective?.keepSmallest === undefined;
}

/** Of labels that the loss has a meaning for (`assertLabels`); see core's `objectiveSchema` for smoothing and weights. */
export function targetsOf(
  loss: LossName,
  labels: Float32Array,
  width: number,
  { labelSmoothing = 0, classWeights }: RoundObjective = {},
): Targets {
  const targets = new Float32Array(labels.length * width);
  if (loss === 'softmax-cross-entropy') {
    targets.fill(labelSmoothing / width);
    labels.forEach((label, i) => (targets[i * width + label] = 1 - labelSmoothing + labelSmoothing / width));
  } else if (loss === 'sigmoid-cross-entropy')
    labels.forEach((label, i) => (targets[i] = (1 - labelSmoothing) * label + labelSmoothing / 2));
  else targets.set(labels);
  const weights = new Float32Array(labels.length).fill(1);
  if (classWeights) labels.forEach((label, i) => (weights[i] = classWeights[label]!));
  return { targets, weights };
}
