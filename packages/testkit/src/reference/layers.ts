import type { ModelSpec } from '@fedward/core';
import type { Backward, Layer } from './layer.js';

/** y = x K + b, K being [inputs, units], row-major from `kernel` on. */
export function dense(inputs: number, units: number, kernel: number, bias: number | undefined): Layer {
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

export function activation(name: ActivationName): Layer {
  const [value, derivative] = activations[name];
  return {
    forward(_, input) {
      const output = input.map(value);
      return { output, backward: (gradient) => gradient.map((g, i) => g * derivative(input[i]!, output[i]!)) };
    },
  };
}

/** Inverted dropout: kept values are divided by 1 - rate, so that nothing is to be done when predicting. */
export function dropoutLayer(position: number, rate: number): Layer {
  return {
    forward(_, input, dropout) {
      const factors = dropout?.(position, rate, input.length);
      const scale = (values: Float64Array) => (factors ? values.map((x, i) => x * factors[i]!) : values);
      return { output: scale(input), backward: scale };
    },
  };
}

export function scale(factor: number): Layer {
  const multiply = (values: Float64Array) => values.map((x) => x * factor);
  return { forward: (_, input) => ({ output: multiply(input), backward: multiply }) };
}

/** Channels-last values are flat already. */
export const flatten: Layer = { forward: (_, input) => ({ output: input, backward: (gradient) => gradient }) };

/**
 * Wu and He 2018, equations 1 to 6: channels in groups, each brought to mean 0 and (biased) variance 1 over its
 * channels and all positions, then scale and shift by channel.
 */
export function groupNorm(channels: number, groups: number, epsilon: number, scale: number, shift: number): Layer {
  const groupOf = (i: number) => Math.floor(((i % channels) * groups) / channels);
  const means = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(groups);
    values.forEach((x, i) => (sums[groupOf(i)]! += x));
    return sums.map((sum) => (sum * groups) / values.length);
  };
  return {
    forward(weights, input) {
      const centre = means(input);
      const centred = input.map((x, i) => x - centre[groupOf(i)]!);
      const deviation = means(centred.map((x) => x * x)).map((variance) => Math.sqrt(variance + epsilon));
      const normal = centred.map((x, i) => x / deviation[groupOf(i)]!);
      return {
        output: normal.map((x, i) => x * weights[scale + (i % channels)]! + weights[shift + (i % channels)]!),
        backward(gradient, into) {
          gradient.forEach((g, i) => {
            into[scale + (i % channels)]! += g * normal[i]!;
            into[shift + (i % channels)]! += g;
          });
          const own = gradient.map((g, i) => g * weights[scale + (i % channels)]!);
          const mean = means(own);
          const along = means(own.map((g, i) => g * normal[i]!));
          return own.map((g, i) => (g - mean[groupOf(i)]! - normal[i]! * along[groupOf(i)]!) / deviation[groupOf(i)]!);
        },
      };
    },
  };
}
