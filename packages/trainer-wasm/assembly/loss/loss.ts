import { at } from '../memory';
import { cox } from './cox';

export const SOFTMAX_CROSS_ENTROPY: i32 = 0;
export const SIGMOID_CROSS_ENTROPY: i32 = 1;
export const SQUARED_ERROR: i32 = 2;
export const COX: i32 = 3;

/**
 * Loss of a batch and its gradient by the model's outputs, in float64: outputs are few.
 * Labels have been checked; what they mean is said in core's `lossSchema`.
 *
 * @param outputs [examples, width]
 * @param gradient [examples, width]: of the SUM of the examples' losses
 * @param room for cox alone: see `coxRoom`
 * @returns the sum of the examples' losses
 */
export function lossOf(
  loss: i32,
  examples: i32,
  width: i32,
  outputs: usize,
  labels: usize,
  gradient: usize,
  room: usize,
): f64 {
  if (loss == COX) return cox(examples, outputs, labels, gradient, room);
  let sum: f64 = 0;
  for (let example = 0; example < examples; example++) {
    const values = at(outputs, example * width);
    const target = at(gradient, example * width);
    const label = load<f32>(at(labels, example));
    if (loss == SOFTMAX_CROSS_ENTROPY) sum += softmaxCrossEntropy(width, values, <i32>label, target);
    else if (loss == SIGMOID_CROSS_ENTROPY) sum += sigmoidCrossEntropy(values, label, target);
    else sum += squaredError(values, label, target);
  }
  return sum;
}

function softmaxCrossEntropy(classes: i32, logits: usize, label: i32, gradient: usize): f64 {
  let largest = load<f32>(logits);
  for (let k = 1; k < classes; k++) largest = max(largest, load<f32>(at(logits, k)));
  let total: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const part = Math.exp(<f64>(load<f32>(at(logits, k)) - largest));
    total += part;
    store<f32>(at(gradient, k), <f32>part);
  }
  for (let k = 0; k < classes; k++) {
    const probability = <f64>load<f32>(at(gradient, k)) / total;
    store<f32>(at(gradient, k), <f32>(k == label ? probability - 1 : probability));
  }
  return Math.log(total) + <f64>largest - <f64>load<f32>(at(logits, label));
}

function sigmoidCrossEntropy(logit: usize, label: f32, gradient: usize): f64 {
  const z = <f64>load<f32>(logit);
  store<f32>(gradient, <f32>(1 / (1 + Math.exp(-z)) - <f64>label));
  return max(z, 0) - z * <f64>label + Math.log1p(Math.exp(-abs(z)));
}

function squaredError(value: usize, label: f32, gradient: usize): f64 {
  const difference = load<f32>(value) - label;
  store<f32>(gradient, difference);
  return (<f64>difference * <f64>difference) / 2;
}
