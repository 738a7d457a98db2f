import { at } from '../memory';
import { cox, coxRoom } from './cox';
import { Objective } from './objective';

export const SOFTMAX_CROSS_ENTROPY: i32 = 0;
export const SIGMOID_CROSS_ENTROPY: i32 = 1;
export const SQUARED_ERROR: i32 = 2;
export const COX: i32 = 3;

/**
 * Loss of a batch and its gradient by the model's outputs, in float64: outputs are few.
 * Labels have been checked; what they mean is said in core's `lossSchema`.
 *
 * @param objective for cross-entropies alone
 * @param outputs [examples, width]
 * @param gradient [examples, width]: of the SUM of the examples' losses
 * @param room see `lossRoom`
 * @returns the sum of the examples' losses
 */
export function lossOf(
  loss: i32,
  objective: Objective,
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
    let own: f64;
    if (loss == SOFTMAX_CROSS_ENTROPY) own = softmaxCrossEntropy(width, values, <i32>label, target, objective);
    else if (loss == SIGMOID_CROSS_ENTROPY) own = sigmoidCrossEntropy(values, label, target, objective);
    else own = squaredError(values, label, target);
    if (objective.weighs) store<f64>(room + ((<usize>example) << 3), own);
    sum += own;
  }
  if (!objective.weighs) return sum;
  return objective.weigh(examples, width, room, labels, gradient, at(room, 2 * examples));
}

/** Room for the losses of a batch, in 32-bit values: what `cox` needs, of which others need three quarters. */
export function lossRoom(examples: i32): i32 {
  return coxRoom(examples);
}

/** With p = softmax(z): the gradient of -sum_k t_k log p_k is p - t, that of (1 - p_y^q) / q is p_y^q (p - [k = y]). */
function softmaxCrossEntropy(classes: i32, logits: usize, label: i32, gradient: usize, objective: Objective): f64 {
  let largest = load<f32>(logits);
  for (let k = 1; k < classes; k++) largest = max(largest, load<f32>(at(logits, k)));
  let total: f64 = 0;
  for (let k = 0; k < classes; k++) {
    const part = Math.exp(<f64>(load<f32>(at(logits, k)) - largest));
    total += part;
    store<f32>(at(gradient, k), <f32>part);
  }
  const spread = objective.smoothing / <f64>classes;
  const certain = 1 - objective.smoothing + spread;
  for (let k = 0; k < classes; k++) {
    const probability = <f64>load<f32>(at(gradient, k)) / total;
    store<f32>(at(gradient, k), <f32>(probability - (k == label ? certain : spread)));
  }
  const logTotal = Math.log(total) + <f64>largest;
  const loss = logTotal - <f64>load<f32>(at(logits, label));
  if (!objective.shapesLoss) return loss;
  if (objective.exponent > 0) return generalized(loss, objective.exponent, gradient, classes);
  let others: f64 = 0;
  for (let k = 0; k < classes; k++) others += logTotal - <f64>load<f32>(at(logits, k));
  return (1 - objective.smoothing) * loss + spread * others;
}

function sigmoidCrossEntropy(logit: usize, label: f32, gradient: usize, objective: Objective): f64 {
  const z = <f64>load<f32>(logit);
  const target = (1 - objective.smoothing) * <f64>label + objective.smoothing / 2;
  store<f32>(gradient, <f32>(1 / (1 + Math.exp(-z)) - target));
  const loss = max(z, 0) - z * target + Math.log1p(Math.exp(-abs(z)));
  return objective.exponent > 0 ? generalized(loss, objective.exponent, gradient, 1) : loss;
}

/** From the cross-entropy -log p_y to (1 - p_y^q) / q. @param gradient [width] of the cross-entropy; changed */
function generalized(crossEntropy: f64, q: f64, gradient: usize, width: i32): f64 {
  const power = Math.exp(-q * crossEntropy); // p_y^q
  for (let k = 0; k < width; k++) store<f32>(at(gradient, k), <f32>(<f64>load<f32>(at(gradient, k)) * power));
  return -Math.expm1(-q * crossEntropy) / q;
}

function squaredError(value: usize, label: f32, gradient: usize): f64 {
  const difference = load<f32>(value) - label;
  store<f32>(gradient, difference);
  return (<f64>difference * <f64>difference) / 2;
}
