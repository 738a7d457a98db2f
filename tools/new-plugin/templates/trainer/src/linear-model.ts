import { incompatible, outputSize, type LossName, type ModelSpec } from '@fedward/core';

/** Of one dense layer: kernel [inputs, outputs], then the bias [outputs] where there is one. */
export interface LinearModel {
  readonly inputs: number;
  readonly outputs: number;
  /** Number of weights. */
  readonly size: number;
  /** @returns [outputs], logits or values */
  apply(weights: ArrayLike<number>, example: Float32Array): Float64Array;
  /** Adds the gradient of one example's loss. @returns its loss */
  addGradient(weights: ArrayLike<number>, example: Float32Array, label: number, gradient: Float64Array): number;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for any other model, or a loss that is no sum over examples */
export function requireLinear({ inputShape, layers, loss }: ModelSpec): void {
  if (inputShape.length !== 1 || layers.length !== 1 || layers[0]!.type !== 'dense')
    throw incompatible('my-plugin trains a model of one dense layer', 'model.layers');
  if (loss === 'cox') throw incompatible('my-plugin knows no cox loss', 'model.loss');
}

/** @param model one that `requireLinear` lets through */
export function linearModel(model: ModelSpec): LinearModel {
  const [inputs, outputs] = [model.inputShape[0]!, outputSize(model)];
  const layer = model.layers[0]!;
  const bias = layer.type === 'dense' && layer.bias;
  const apply: LinearModel['apply'] = (weights, example) => {
    const values = new Float64Array(outputs);
    for (let k = 0; k < outputs; k++) {
      let value = bias ? weights[inputs * outputs + k]! : 0;
      for (let i = 0; i < inputs; i++) value += example[i]! * weights[i * outputs + k]!;
      values[k] = value;
    }
    return values;
  };
  return {
    inputs,
    outputs,
    size: (inputs + (bias ? 1 : 0)) * outputs,
    apply,
    addGradient(weights, example, label, gradient) {
      const { loss, residual } = lossOf(model.loss, apply(weights, example), label);
      for (let k = 0; k < outputs; k++) {
        for (let i = 0; i < inputs; i++) gradient[i * outputs + k]! += example[i]! * residual[k]!;
        if (bias) gradient[inputs * outputs + k]! += residual[k]!;
      }
      return loss;
    },
  };
}

/** A loss at one example, and its derivative by the model's outputs; see `lossSchema` of core. */
function lossOf(name: LossName, outputs: Float64Array, label: number) {
  if (name === 'softmax-cross-entropy') {
    const most = outputs.reduce((a, b) => Math.max(a, b), -Infinity);
    const exponentials = outputs.map((x) => Math.exp(x - most));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    const residual = exponentials.map((e, k) => e / sum - (k === label ? 1 : 0));
    return { loss: Math.log(sum) + most - outputs[label]!, residual };
  }
  const x = outputs[0]!;
  if (name === 'squared-error') return { loss: (x - label) ** 2 / 2, residual: Float64Array.of(x - label) };
  // log(1 + e^x) - x label, without an exponential that overflows.
  const loss = Math.max(x, 0) - x * label + Math.log1p(Math.exp(-Math.abs(x)));
  return { loss, residual: Float64Array.of(1 / (1 + Math.exp(-x)) - label) };
}
