import type { LossName } from '@fedward/core';
import { coxLoss } from '@fedward/core/training';

export interface BatchLoss {
  /** [batch] */
  readonly losses: Float64Array;
  /** [batch, outputs]: gradient of the SUM of the losses by the outputs. */
  readonly gradient: Float32Array;
}

/**
 * Loss of each example and its gradient, in plain numbers: outputs are few, and this way they are the same on
 * every backend.
 *
 * @param outputs [batch, width] logits (cross-entropy) or values (squared error, cox), row after row
 * @param labels [batch]
 */
export function lossOf(name: LossName, outputs: Float32Array, labels: Float32Array, width: number): BatchLoss {
  if (name === 'cox') {
    const { losses, gradient } = coxLoss(outputs, labels);
    return { losses, gradient: Float32Array.from(gradient) };
  }
  const losses = new Float64Array(labels.length);
  const gradient = new Float32Array(outputs.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const start = i * width;
    switch (name) {
      case 'softmax-cross-entropy': {
        let largest = -Infinity;
        for (let k = 0; k < width; k++) largest = Math.max(largest, outputs[start + k]!);
        let sum = 0;
        for (let k = 0; k < width; k++) sum += Math.exp(outputs[start + k]! - largest);
        losses[i] = Math.log(sum) + largest - outputs[start + label]!;
        for (let k = 0; k < width; k++)
          gradient[start + k] = Math.exp(outputs[start + k]! - largest) / sum - (k === label ? 1 : 0);
        break;
      }
      case 'sigmoid-cross-entropy': {
        const z = outputs[i]!;
        const tail = Math.log1p(Math.exp(-Math.abs(z)));
        losses[i] = Math.max(z, 0) - z * label + tail;
        gradient[i] = 1 / (1 + Math.exp(-z)) - label;
        break;
      }
      case 'squared-error':
        losses[i] = (outputs[i]! - label) ** 2 / 2;
        gradient[i] = outputs[i]! - label;
        break;
    }
  }
  return { losses, gradient };
}
