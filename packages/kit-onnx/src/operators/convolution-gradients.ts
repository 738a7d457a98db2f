import type { Value } from '../graph/graph.js';
import { indices } from '../types/tensor-type.js';
import type { Emitter } from './emitter.js';
import { gradientByPhases } from './phases.js';
import { product, reach, type Convolution, type Window } from './windows.js';

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

/** What lies behind the last window. */
export function behindLast({ size, begin, end, kernel, dilation, stride, count }: Window): number {
  return size + begin + end - reach({ kernel, dilation }) - (count - 1) * stride;
}

/**
 * Gradient by the input. Where each position has a window it is a convolution with the kernel turned round, which ONNX
 * Runtime does up to three times faster than the transposed convolution, as which it is written otherwise (but see
 * `gradientByPhases`).
 *
 * @param gradient [N, outputs, ...counts]
 */
export function inputGradient(emit: Emitter, convolution: Convolution, gradient: Value, kernel: Value): Value {
  const { windows, groups } = convolution;
  const begins = windows.map((window) => reach(window) - 1 - window.begin);
  const ends = windows.map((window, axis) => window.size + reach(window) - 1 - window.count - begins[axis]!);
  if (windows.every(({ stride }) => stride === 1) && [...begins, ...ends].every((pad) => pad >= 0))
    return emit.node('Conv', [gradient, turnedRound(emit, convolution, kernel)], {
      kernel_shape: windows.map((window) => window.kernel),
      dilations: windows.map((window) => window.dilation),
      pads: [...begins, ...ends],
      group: groups,
    });
  const byPhases = gradientByPhases(emit, convolution, gradient, kernel);
  if (byPhases !== undefined) return byPhases;
  const output_padding = windows.map(behindLast);
  return emit.node('ConvTranspose', [gradient, kernel], { ...attributesOf(convolution), output_padding });
}

/** [inputs, outputs / groups, ...kernel], each axis of the kernel from its end. Rows of outputs are copied whole. */
function turnedRound(emit: Emitter, { windows, groups, inputs, outputs }: Convolution, kernel: Value): Value {
  const sides = windows.map((window) => window.kernel);
  const positions = product(sides);
  const [perGroup, taken] = [outputs / groups, inputs / groups];
  const inRows = emit.transpose(emit.reshape(kernel, [groups, perGroup, taken, positions]), [0, 2, 3, 1]);
  const turned =
    positions === 1
      ? inRows
      : emit.node('Gather', [inRows, emit.ints(Array.from({ length: positions }, (_, at) => positions - 1 - at))], {
          axis: 2,
        });
  return emit.reshape(emit.transpose(turned, [0, 1, 3, 2]), [inputs, perGroup, ...sides]);
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

/**
 * Their sum: [outputs, inputs / groups, ...kernel], as one convolution over examples and positions: of the input with the
 * gradient as the kernel, strides and dilations exchanged. Channels of the input stand as the last part of the last spatial
 * axis and examples in the place of channels, so that what ONNX Runtime copies together are runs of kernel x channels, and
 * its product has as many columns as the kernel has weights. (With channels as the batch, as in the textbook, it has one
 * column a kernel position, and takes three times as long.)
 *
 * @param gradient [N, outputs, ...counts]
 */
export function kernelGradient(emit: Emitter, convolution: Convolution, gradient: Value, input: Value): Value {
  const { windows, groups, inputs, outputs } = convolution;
  const channels = inputs / groups;
  const axes = windows.map((_, axis) => axis);
  const last = windows.length - 1;
  // Rows that no window reaches would be further positions of the kernel.
  const ends = windows.map((window) => window.end - behindLast(window));
  const sizes = windows.map((window, axis) => window.size + Math.min(ends[axis]!, 0));
  const reached = sizes.every((size, axis) => size === windows[axis]!.size)
    ? input
    : emit.slice(input, axes.map((axis) => axis + 2), axes.map(() => 0), sizes); // prettier-ignore
  const grouped = emit.reshape(reached, [{ batch: 1 }, groups, channels, ...sizes]);
  const channelsLast = emit.transpose(grouped, [1, 0, ...axes.map((axis) => axis + 3), 2]);
  const merged = emit.reshape(channelsLast, [1, { batch: groups }, ...sizes.map((size, axis) => size * widthOf(axis))]);
  const perExample = emit.transpose(gradient, [1, 0, ...axes.map((axis) => axis + 2)]);
  const product = emit.node('Conv', [merged, perExample], {
    kernel_shape: windows.map((window) => window.count),
    dilations: windows.map((window, axis) => window.stride * widthOf(axis)),
    strides: windows.map((window, axis) => (axis === last ? 1 : window.dilation)),
    pads: [
      ...windows.map((window, axis) => window.begin * widthOf(axis)),
      ...ends.map((end, axis) => Math.max(end, 0) * widthOf(axis)),
    ],
    group: groups,
  });
  const sides = windows.map((window, axis) => (axis === last ? reach(window) : window.kernel));
  const byPosition = emit.reshape(product, [outputs, ...sides, channels]);
  const { dilation } = windows[last]!;
  const taken = dilation === 1 ? byPosition : emit.slice(byPosition, [last + 1], [0], [sides[last]!], [dilation]);
  return emit.transpose(taken, [0, windows.length + 1, ...axes.map((axis) => axis + 1)]);

  /** Numbers that stand in the place of one along an axis. */
  function widthOf(axis: number): number {
    return axis === last ? channels : 1;
  }
}

/** [N, groups, outputs / groups, positions]. */
export function outputMatrix(emit: Emitter, { windows, groups, outputs }: Convolution, gradient: Value): Value {
  const positions = product(windows.map((window) => window.count));
  return emit.reshape(gradient, [{ batch: 1 }, groups, outputs / groups, positions]);
}

export function kernelShape({ windows, groups, inputs, outputs }: Convolution): number[] {
  return [outputs, inputs / groups, ...windows.map((window) => window.kernel)];
}
