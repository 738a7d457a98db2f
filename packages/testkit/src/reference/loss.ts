import type { LossName } from '@fedward/core';

/** The loss of one example and its gradient with respect to the outputs. */
export function lossGradient(
  loss: LossName,
  outputs: Float64Array,
  label: number,
): { loss: number; gradient: Float64Array } {
  switch (loss) {
    case 'softmax-cross-entropy': {
      const largest = Math.max(...outputs);
      const exponentials = outputs.map((x) => Math.exp(x - largest));
      const sum = exponentials.reduce((total, x) => total + x, 0);
      const gradient = exponentials.map((x, k) => x / sum - (k === label ? 1 : 0));
      return { loss: largest + Math.log(sum) - outputs[label]!, gradient };
    }
    case 'sigmoid-cross-entropy': {
      const x = outputs[0]!;
      const probability = 1 / (1 + Math.exp(-x));
      // max(x, 0) - x y + log(1 + e^-|x|): no overflow for large logits.
      const value = Math.max(x, 0) - x * label + Math.log1p(Math.exp(-Math.abs(x)));
      return { loss: value, gradient: Float64Array.of(probability - label) };
    }
    case 'squared-error': {
      const error = outputs[0]! - label;
      return { loss: (error * error) / 2, gradient: Float64Array.of(error) };
    }
  }
}
