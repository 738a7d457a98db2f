import { FedwardError, layoutOf, placeLayers, type Layout, type ModelSpec, type Random } from '@fedward/core';
import { lossGradient } from './loss.js';

/** A model in plain float64, one example at a time: slow, and easy to check by hand. */
export interface Network {
  readonly layout: Layout;
  /** Outputs (logits or values) for one example, without dropout. */
  outputs(weights: ArrayLike<number>, example: ArrayLike<number>): Float64Array;
  /**
   * The loss of one example; its gradient is added to `into`.
   * @param dropout draws what is dropped; nothing is without it
   */
  gradient(
    weights: ArrayLike<number>,
    example: ArrayLike<number>,
    label: number,
    into: Float64Array,
    dropout?: Random,
  ): number;
}

/** What a layer keeps of its forward pass for the way back. */
type Backward = (outputGradient: Float64Array, into: Float64Array) => Float64Array;
interface Layer {
  forward(
    weights: ArrayLike<number>,
    input: Float64Array,
    dropout?: Random,
  ): { output: Float64Array; backward: Backward };
}

/**
 * Dense layers, activations, dropout and flatten; all three losses.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a layer that it does not know
 */
export function createNetwork(spec: ModelSpec): Network {
  const layout = layoutOf(spec);
  const layers = createLayers(spec, layout);
  const forward = (weights: ArrayLike<number>, example: ArrayLike<number>, dropout?: Random) => {
    let values: Float64Array = Float64Array.from(example);
    const way: Backward[] = [];
    for (const layer of layers) {
      const { output, backward } = layer.forward(weights, values, dropout);
      values = output;
      way.push(backward);
    }
    return { values, way };
  };
  return {
    layout,
    outputs: (weights, example) => forward(weights, example).values,
    gradient(weights, example, label, into, dropout) {
      const { values, way } = forward(weights, example, dropout);
      const { loss, gradient } = lossGradient(spec.loss, values, label);
      way.reduceRight((outputGradient, backward) => backward(outputGradient, into), gradient);
      return loss;
    },
  };
}

function createLayers(spec: ModelSpec, layout: Layout): Layer[] {
  const offsets = new Map(layout.tensors.map(({ name, offset }) => [name, offset]));
  return placeLayers(spec).map(({ layer, inputShape, outputShape, tensors }, index): Layer => {
    switch (layer.type) {
      case 'dense':
        return dense(
          inputShape[0]!,
          outputShape[0]!,
          offsets.get(tensors[0]!.name)!,
          layer.bias ? offsets.get(tensors[1]!.name) : undefined,
        );
      case 'activation':
        return activation(layer.function);
      case 'dropout':
        return dropoutLayer(layer.rate);
      case 'flatten':
        return { forward: (_, input) => ({ output: input, backward: (gradient) => gradient }) };
      default:
        throw new FedwardError(
          'CONFIG_INCOMPATIBLE',
          `model.layers.${index}: the reference trainer has no ${layer.type} layer`,
          `model.layers.${index}`,
        );
    }
  });
}

/** y = x K + b, K being [inputs, units], row-major from `kernel` on. */
function dense(inputs: number, units: number, kernel: number, bias: number | undefined): Layer {
  return {
    forward(weights, input) {
      const output = new Float64Array(units);
      for (let unit = 0; unit < units; unit++) {
        let sum = bias === undefined ? 0 : weights[bias + unit]!;
        for (let i = 0; i < inputs; i++) sum += input[i]! * weights[kernel + i * units + unit]!;
        output[unit] = sum;
      }
      const backward: Backward = (outputGradient, into) => {
        const inputGradient = new Float64Array(inputs);
        for (let unit = 0; unit < units; unit++) {
          const g = outputGradient[unit]!;
          if (bias !== undefined) into[bias + unit]! += g;
          for (let i = 0; i < inputs; i++) {
            into[kernel + i * units + unit]! += input[i]! * g;
            inputGradient[i]! += weights[kernel + i * units + unit]! * g;
          }
        }
        return inputGradient;
      };
      return { output, backward };
    },
  };
}

type ActivationName = Extract<ModelSpec['layers'][number], { type: 'activation' }>['function'];

/** Each function and its derivative, the latter from input x and output y. */
const activations: Record<ActivationName, [(x: number) => number, (x: number, y: number) => number]> = {
  relu: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0)],
  tanh: [Math.tanh, (_, y) => 1 - y * y],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (_, y) => y * (1 - y)],
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), (x, y) => (x > 0 ? 1 : y + 1)],
};

function activation(name: ActivationName): Layer {
  const [value, derivative] = activations[name];
  return {
    forward(_, input) {
      const output = input.map(value);
      return { output, backward: (gradient) => gradient.map((g, i) => g * derivative(input[i]!, output[i]!)) };
    },
  };
}

/** Inverted dropout: kept values are divided by 1 - rate, so that nothing is to be done when predicting. */
function dropoutLayer(rate: number): Layer {
  return {
    forward(_, input, dropout) {
      const factors = input.map(() => (dropout === undefined ? 1 : dropout.bernoulli(rate) ? 0 : 1 / (1 - rate)));
      const scale = (values: Float64Array) => values.map((x, i) => x * factors[i]!);
      return { output: scale(input), backward: scale };
    },
  };
}
