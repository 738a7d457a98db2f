import { shapedGradients } from './objective.js';
import type { LossName, RoundObjective } from '@fedward/core';

/**
 * The loss of each example of a batch, and the gradients of their SUM by each example's outputs.
 * @param outputs one array an example
 * @param objective of the round, for cross-entropies
 */
export function lossGradients(
  loss: LossName,
  outputs: readonly Float64Array[],
  labels: ArrayLike<number>,
  objective?: RoundObjective,
): { losses: number[]; gradients: Float64Array[] } {
  if (objective) {
    const sigmoid = loss === 'sigmoid-cross-entropy';
    return shapedGradients(
      objective,
      sigmoid ? outputs.map(([z]) => Float64Array.of(0, z!)) : outputs,
      labels,
      sigmoid,
    );
  }
  if (loss === 'cox') {
    const scores = outputs.map(([score]) => score!);
    const { losses, gradient } = cox(scores, Array.from(labels));
    return { losses, gradients: gradient.map((g) => Float64Array.of(g)) };
  }
  const each = outputs.map((own, i) => lossGradient(loss, own, labels[i]!));
  return { losses: each.map((one) => one.loss), gradients: each.map((one) => one.gradient) };
}

function lossGradient(
  loss: Exclude<LossName, 'cox'>,
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

/** Cox 1972, ties by Breslow 1974, event by event from the definition in core's `lossSchema`. */
function cox(scores: readonly number[], times: readonly number[]): { losses: number[]; gradient: number[] } {
  const gradient = scores.map(() => 0);
  const losses = times.map((time, i) => {
    if (time < 0) return 0;
    const atRisk = scores.flatMap((_, j) => (Math.abs(times[j]!) >= time ? [j] : []));
    const largest = Math.max(...atRisk.map((j) => scores[j]!));
    const sum = atRisk.reduce((total, j) => total + Math.exp(scores[j]! - largest), 0);
    for (const j of atRisk) gradient[j]! += Math.exp(scores[j]! - largest) / sum;
    gradient[i]! -= 1;
    return largest + Math.log(sum) - scores[i]!;
  });
  return { losses, gradient };
}
