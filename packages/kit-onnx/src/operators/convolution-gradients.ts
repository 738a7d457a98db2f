import type { Value } from '../graph/graph.js';
import { indices } from '../types/tensor-type.js';
import type { Emitter } from './emitter.js';
import { product, reach, type Window } from './windows.js';

/** A convolution of [N, inputs, ...sizes] with [outputs, inputs / groups, ...kernel] to [N, outputs, ...counts]. */
export interface Convolution {
  readonly windows: readonly Window[];
  readonly groups: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** As attributes of Conv and ConvTranspose. */
export function attributesOf({ windows, groups }: Convolution): Record<string, number | number[]> {
  return {
    kernel_shape: windows.map((window) => window.kernel),
    strides: windows.map((window) => window.stride),
    dilations: windows.map((window) => window.dilation),
    pads: [...windows.map((window) => window.begin), ...windows.map((window) => window.end)],
    group: groups,
  };
}

/** Gradient by the input: the transposed convolution. @param gradient [N, outputs, ...counts] */
export function inputGradient(emit: Emitter, convolution: Convolution, gradient: Value, kernel: Value): Value {
  const output_padding = convolution.windows.map(
    (window) => window.size + window.begin + window.end - reach(window) - (window.count - 1) * window.stride,
  );
  return emit.node('ConvTranspose', [gradient, kernel], { ...attributesOf(convolution), output_padding });
}

/**
 * The part of the input that each kernel position meets: [N, groups, inputs / groups * kernel, positions of the output].
 * @param input [N, inputs, ...sizes]
 */
export function columnsOf(emit: Emitter, { windows, groups, inputs }: Convolution, input: Value): Value {
  const axes = windows.map((_, axis) => axis + 2);
  const padded = emit.pad(input, [0, 0, ...windows.map((w) => w.begin), 0, 0, ...windows.map((w) => w.end)]);
  const positions = product(windows.map((window) => window.count));
  const taken = [...indices(windows.map((window) => window.kernel))].map((offset) => {
    const starts = windows.map((window, axis) => offset[axis]! * window.dilation);
    const ends = windows.map((window, axis) => starts[axis]! + (window.count - 1) * window.stride + 1);
    const part = emit.slice(padded, axes, starts, ends, windows.map((window) => window.stride)); // prettier-ignore
    return emit.reshape(part, [{ batch: 1 }, inputs, 1, positions]);
  });
  const all = taken.length === 1 ? taken[0]! : emit.node('Concat', taken, { axis: 2 });
  return emit.reshape(all, [{ batch: 1 }, groups, (inputs / groups) * taken.length, positions]);
}

/**
 * Gradients by the kernel of each example: [N, outputs, inputs / groups, ...kernel].
 * @param gradient [N, outputs, ...counts]
 */
export function kernelGradients(emit: Emitter, convolution: Convolution, gradient: Value, input: Value): Value {
  const columns = emit.transposeLast(columnsOf(emit, convolution, input), 4);
  const products = emit.matMul(outputMatrix(emit, convolution, gradient), columns);
  return emit.reshape(products, [{ batch: 1 }, ...kernelShape(convolution)]);
}

/** Their sum: [outputs, inputs / groups, ...kernel]. */
export function kernelGradient(emit: Emitter, convolution: Convolution, gradient: Value, input: Value): Value {
  return emit.reduceSum(kernelGradients(emit, convolution, gradient, input), [0]);
}

/** [N, groups, outputs / groups, positions]. */
export function outputMatrix(emit: Emitter, { windows, groups, outputs }: Convolution, gradient: Value): Value {
  const positions = product(windows.map((window) => window.count));
  return emit.reshape(gradient, [{ batch: 1 }, groups, outputs / groups, positions]);
}

export function kernelShape({ windows, groups, inputs, outputs }: Convolution): number[] {
  return [outputs, inputs / groups, ...windows.map((window) => window.kernel)];
}
