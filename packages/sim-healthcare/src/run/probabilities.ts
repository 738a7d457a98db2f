import type { LossName } from '@fedward/core';
import { sigmoid, softmax } from '@fedward/metrics-clinical';

/**
 * Class probabilities of a model's outputs.
 *
 * @param outputs [count, outputs] logits of a cross-entropy: one a class, or one for class 1 of two
 * @param classes at least 2
 * @returns [count, classes], rows adding up to 1
 */
export function probabilitiesOf(loss: LossName, outputs: Float32Array, classes: number): Float64Array {
  if (loss === 'sigmoid-cross-entropy') {
    const both = new Float64Array(2 * outputs.length);
    outputs.forEach((logit, row) => both.set([sigmoid(-logit), sigmoid(logit)], 2 * row));
    return both;
  }
  const probabilities = new Float64Array(outputs.length);
  for (let start = 0; start < outputs.length; start += classes)
    probabilities.set(softmax(outputs.subarray(start, start + classes)), start);
  return probabilities;
}
