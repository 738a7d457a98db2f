import type { Value } from '../graph/graph.js';
import { multiply, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import { imagesOf } from './convolution.js';
import type { Emitter } from './emitter.js';
import type { Operator } from './operator.js';
import { product, reach, windowsOf, type Window } from './windows.js';

function poolOf(call: Call): { channels: number; windows: Window[] } {
  const { channels, spatial } = imagesOf(call);
  const kernel = call.list('kernel_shape') ?? call.fail('kernel_shape is missing');
  const windows = windowsOf(call, spatial, kernel);
  if (windows.some(({ kernel, begin, end }) => begin >= kernel || end >= kernel))
    call.fail('pads must be smaller than the kernel');
  // ONNX Runtime would name as such a window's winner a place of another example, which then gets its gradient.
  if (windows.some((window) => window.dilation > window.size && window.kernel > 1 && window.begin + window.end > 0))
    call.fail('a window may lie in the pads alone');
  return { channels, windows };
}

function infer(call: Call): { type: 'float32' | 'float64'; dims: Dim[] }[] {
  const { channels, windows } = poolOf(call);
  const type = call.float(0).type as 'float32';
  return [{ type, dims: [call.dims(0)[0]!, channels, ...windows.map((window) => window.count)] }];
}

/** Attributes with the pads that were found, so that no rule of the runtime's own decides. */
function attributes(windows: readonly Window[], call: Call): Record<string, number | number[]> {
  return {
    kernel_shape: windows.map((window) => window.kernel),
    strides: windows.map((window) => window.stride),
    pads: [...windows.map((window) => window.begin), ...windows.map((window) => window.end)],
    dilations: windows.map((window) => window.dilation),
    ceil_mode: call.number('ceil_mode', 0),
  };
}

/**
 * The gradient goes to the one that won: of equal ones the first, as in PyTorch. Where windows overlap, gradients add up.
 * @param poolOf channels, and the windows of each
 */
const largest = (poolOf: (call: Call) => { channels: number; windows: Window[] }): Operator => ({
  infer: (call) => {
    if (call.number('storage_order', 0) !== 0) call.fail('storage_order 1 is not in the set');
    const { channels, windows } = poolOf(call);
    return [{ type: call.float(0).type, dims: [call.dims(0)[0]!, channels, ...windows.map(({ count }) => count)] }];
  },
  forward: ({ call, emit, inputs }, gradient) => {
    const given = attributes(poolOf(call).windows, call);
    const [output, winners] = emit.graph.nodes('MaxPool', [inputs[0]!], gradient ? 2 : 1, given);
    return { outputs: [output!], saved: winners ? [winners] : [] };
  },
  backward: ({ call, emit, saved }, gradient, [wanted]) => {
    if (!wanted) return [];
    const dims = call.dims(0);
    const { windows } = poolOf(call);
    if (windows.every((window) => reach(window) <= window.stride)) {
      // No two windows meet: each winner takes one gradient. A kernel of 1, for only the winners' places are asked for.
      const kernel_shape = windows.map(() => 1);
      return [emit.node('MaxUnpool', [gradient, saved[0]!, emit.dims(dims)], { kernel_shape })];
    }
    const zeros = emit.node('Expand', [emit.scalar(0, call.float(0).type), emit.dims([multiply(dims)!])]);
    const line = (value: Value): Value => emit.node('Reshape', [value, emit.ints([-1])]);
    const sums = emit.node('ScatterElements', [zeros, line(saved[0]!), line(gradient)], { axis: 0, reduction: 'add' });
    return [emit.reshape(sums, dims)];
  },
});

/** One window over all positions. */
function wholeOf(call: Call): { channels: number; windows: Window[] } {
  const { channels, spatial } = imagesOf(call);
  const windows = spatial.map((size): Window => ({ size, kernel: size, stride: size, dilation: 1, begin: 0, end: 0, count: 1 })); // prettier-ignore
  return { channels, windows };
}

/** How many of each window's places along one axis count: a window's divisor is the product over axes. */
function counted(window: Window, includePads: boolean): number[] {
  const [from, to] = includePads ? [-window.begin, window.size + window.end] : [0, window.size];
  return Array.from({ length: window.count }, (_, at) => {
    const start = at * window.stride - window.begin;
    const first = Math.max(0, Math.ceil((from - start) / window.dilation));
    return Math.min(window.kernel, Math.ceil((to - start) / window.dilation)) - first;
  });
}

const filled = (emit: Emitter, shape: readonly number[], type: 'float32' | 'float64', value = 1): Value =>
  emit.node('Expand', [emit.scalar(value, type), emit.ints(shape)]);

/** Numbers of the windows of one axis, to be broadcast over the others. */
function alongAxis(
  emit: Emitter,
  numbers: readonly number[],
  windows: readonly Window[],
  axis: number,
  type: 'float32' | 'float64',
): Value {
  return emit.constant(numbers, windows.map(({ count }, at) => (at === axis ? count : 1)), type); // prettier-ignore
}

const AveragePool: Operator = {
  infer,
  forward: ({ call, emit, inputs }) => {
    const { windows } = poolOf(call);
    const type = call.float(0).type as 'float32';
    const mean = emit.node('AveragePool', [inputs[0]!], { ...attributes(windows, call), count_include_pad: 0 });
    if (call.number('count_include_pad', 0) === 0) return { outputs: [mean] };
    // Pads are counted here: the runtime would make one of a Pad before and a pool that counts them, and refuse its pads.
    const isWhole = (shares: readonly number[]): boolean => shares.every((share) => share === 1);
    const scaled = windows.reduce((value, window, axis) => {
      const without = counted(window, false);
      const shares = counted(window, true).map((count, at) => without[at]! / count);
      return isWhole(shares) ? value : emit.mul(value, alongAxis(emit, shares, windows, axis, type));
    }, mean);
    return { outputs: [scaled] };
  },
  backward: ({ call, emit }, gradient, [wanted]) => {
    if (!wanted) return [];
    const { channels, windows } = poolOf(call);
    const type = call.float(0).type as 'float32';
    const counts = windows.map((window) => window.count);
    const dims = call.dims(0);
    if (
      windows.every(
        (w) => w.kernel === w.stride && w.dilation === 1 && w.begin + w.end === 0 && w.size === w.count * w.kernel,
      )
    ) {
      const kernel = windows.map((window) => window.kernel);
      const apart = (sizes: readonly number[][]): number[] => sizes.flat();
      const spread = emit.reshape(gradient, [dims[0]!, channels, ...apart(counts.map((count) => [count, 1]))]);
      const share = filled(emit, [1, 1, ...apart(kernel.map((size) => [1, size]))], type, 1 / product(kernel));
      return [emit.reshape(emit.mul(spread, share), dims)];
    }
    const includePads = call.number('count_include_pad', 0) === 1;
    const scaled = windows.reduce((value, window, axis) => {
      const shares = counted(window, includePads).map((count) => 1 / count);
      return emit.mul(value, alongAxis(emit, shares, windows, axis, type));
    }, gradient);
    // Each channel by itself, as an image of one.
    const images = multiply([dims[0]!, channels])!;
    const image = emit.reshape(scaled, [images, 1, ...counts]);
    const kernel = filled(emit, [1, 1, ...windows.map((window) => window.kernel)], type);
    const full = windows.map((window) => (window.count - 1) * window.stride + reach(window));
    const placed = emit.node('ConvTranspose', [image, kernel], {
      strides: windows.map((window) => window.stride),
      dilations: windows.map((window) => window.dilation),
    });
    const ends = windows.map((window, axis) => window.size + window.begin - full[axis]!);
    const cut = emit.pad(placed, [0, 0, ...windows.map((window) => -window.begin), 0, 0, ...ends]);
    return [emit.reshape(cut, dims)];
  },
};

const GlobalAveragePool: Operator = {
  infer: (call) => {
    const { channels, spatial } = imagesOf(call);
    return [{ type: call.float(0).type, dims: [call.dims(0)[0]!, channels, ...spatial.map(() => 1)] }];
  },
  backward: ({ call, emit }, gradient, [wanted]) => {
    if (!wanted) return [];
    const { spatial } = imagesOf(call);
    return [
      emit.mul(gradient, filled(emit, [1, 1, ...spatial], call.float(0).type as 'float32', 1 / product(spatial))),
    ];
  },
};

export const pooling = {
  MaxPool: largest(poolOf),
  GlobalMaxPool: largest(wholeOf),
  AveragePool,
  GlobalAveragePool,
};
