import type { Value } from '../graph/graph.js';
import { batchFactor, describe } from '../types/dims.js';
import type { Call } from './call.js';
import { attributesOf, columnsOf, inputGradient, kernelGradient, kernelGradients, kernelShape, outputMatrix } from './convolution-gradients.js'; // prettier-ignore
import { explicit, outerProducts, scaleExamples } from './examples.js';
import type { Operator } from './operator.js';
import { product, reach, windowsOf, type Window, type Convolution } from './windows.js';

/** [N, channels, ...spatial], one to three spatial axes. */
export function imagesOf(call: Call, most = 3): { channels: number; spatial: number[] } {
  const [examples, ...others] = call.dims(0);
  if (others.length < 2 || others.length > most + 1)
    call.fail(`takes [N, channels, ...] of 1 to ${most} spatial axes, not ${describe(call.dims(0))}`);
  const [channels, ...spatial] = call.numbersOf(
    others,
    'channels and spatial axes must not depend on the number of examples',
  );
  if (batchFactor(examples!) > 1) call.fail(`the first axis must be the examples, not ${describe([examples!])}`);
  return { channels: channels!, spatial };
}

function convolutionOf(call: Call): Convolution {
  const { channels, spatial } = imagesOf(call);
  const [outputs, taken, ...kernel] = call.shape(1);
  const groups = call.number('group', 1);
  if (taken! * groups !== channels || outputs! % groups !== 0)
    call.fail(`a kernel ${describe(call.dims(1))} in ${groups} groups over ${channels} channels`);
  const stated = call.list('kernel_shape');
  if (stated && stated.join() !== kernel.join())
    call.fail(`kernel_shape ${stated.join()} and a kernel ${describe(call.dims(1))}`);
  return { windows: windowsOf(call, spatial, kernel), groups, inputs: channels, outputs: outputs! };
}

function biasOf(call: Call, channels: number): void {
  if (call.has(2) && (call.dims(2).length !== 1 || call.dims(2)[0] !== channels))
    call.fail(`a bias ${describe(call.dims(2))} of ${channels} channels`);
}

/** Axes of [N, channels, ...] but that of the channels. */
function besideChannels(call: Call): number[] {
  return call.outputs[0]!.dims.map((_, axis) => axis).filter((axis) => axis !== 1);
}

const Conv: Operator = {
  infer: (call) => {
    const { windows, outputs } = convolutionOf(call);
    biasOf(call, outputs);
    return [{ type: call.float(0).type, dims: [call.dims(0)[0]!, outputs, ...windows.map((window) => window.count)] }];
  },
  // With the pads that were found: the runtime has no auto_pad for dilated kernels.
  forward: ({ call, emit, inputs }) => ({
    outputs: [
      emit.node(
        'Conv',
        inputs.filter((input) => input !== ''),
        attributesOf(convolutionOf(call)),
      ),
    ],
  }),
  backward: ({ call, emit, inputs }, gradient, [byInput, byKernel, byBias]) => {
    const convolution = convolutionOf(call);
    return [
      byInput ? inputGradient(emit, convolution, gradient, inputs[1]!) : undefined,
      byKernel ? kernelGradient(emit, convolution, gradient, inputs[0]!) : undefined,
      byBias ? emit.reduceSum(gradient, besideChannels(call)) : undefined,
    ];
  },
  byExample: ({ call, emit, inputs }, gradient, input) => {
    const convolution = convolutionOf(call);
    const { windows, groups, outputs } = convolution;
    if (input === 2) return explicit(emit, [outputs], () => emit.reduceSum(gradient, besideChannels(call).slice(1)));
    if (input === 0) return call.fail('a tensor in the place of the examples has no gradient by example');
    const shape = kernelShape(convolution);
    if (groups > 1) return explicit(emit, shape, () => kernelGradients(emit, convolution, gradient, inputs[0]!));
    const positions = product(windows.map((window) => window.count));
    const [rows, columns] = [outputs, product(shape.slice(1))];
    const byPosition = (value: Value, width: number): Value =>
      emit.transposeLast(emit.reshape(value, [{ batch: 1 }, width, positions]), 3);
    return outerProducts(
      emit,
      {
        left: byPosition(outputMatrix(emit, convolution, gradient), rows),
        right: byPosition(columnsOf(emit, convolution, inputs[0]!), columns),
        positions,
        rows,
        columns,
      },
      shape,
      (each) => emit.reshape(each, [{ batch: 1 }, ...shape]),
      (factors) =>
        kernelGradient(emit, convolution, scaleExamples(emit, gradient, call.outputs[0]!.dims, factors), inputs[0]!),
    );
  },
  multiplyAdds: (call) => {
    const convolution = convolutionOf(call);
    return product(kernelShape(convolution)) * product(convolution.windows.map((window) => window.count));
  },
};

/** The convolution whose gradient by the input this is: from its output to its input. */
function transposedOf(call: Call): Convolution {
  const { channels, spatial } = imagesOf(call);
  const [taken, perGroup, ...kernel] = call.shape(1);
  const groups = call.number('group', 1);
  if (taken !== channels || channels % groups !== 0)
    call.fail(`a kernel ${describe(call.dims(1))} in ${groups} groups over ${channels} channels`);
  const axes = spatial.length;
  const list = (name: string, otherwise: number): readonly number[] =>
    call.list(name) ?? new Array<number>(axes).fill(otherwise);
  const [strides, dilations, extra] = [list('strides', 1), list('dilations', 1), list('output_padding', 0)];
  const stated = call.list('output_shape')?.slice(-axes);
  const auto = call.text('auto_pad', 'NOTSET');
  const pads = call.list('pads') ?? new Array<number>(2 * axes).fill(0);
  const windows = spatial.map((count, axis) => {
    const [stride, dilation] = [strides[axis]!, dilations[axis]!];
    const full = (count - 1) * stride + extra[axis]! + reach({ kernel: kernel[axis]!, dilation });
    let [begin, end] = auto === 'NOTSET' ? [pads[axis]!, pads[axis + axes]!] : [0, 0];
    if (stated || auto.startsWith('SAME')) {
      const total = Math.max(full - (stated?.[axis] ?? count * stride), 0);
      begin = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      if (auto === 'NOTSET') begin = total - Math.floor(total / 2);
      end = total - begin;
    }
    const size = full - begin - end;
    if (!(size >= 1)) call.fail(`gives ${size} numbers along an axis`);
    return { size, kernel: kernel[axis]!, stride, dilation, begin, end, count };
  });
  return { windows, groups, inputs: perGroup! * groups, outputs: channels };
}

/** What lies behind the last window. */
function lastWindow(window: Window): number {
  return window.size + window.begin + window.end - reach(window) - (window.count - 1) * window.stride;
}

const ConvTranspose: Operator = {
  infer: (call) => {
    const { windows, inputs } = transposedOf(call);
    biasOf(call, inputs);
    return [{ type: call.float(0).type, dims: [call.dims(0)[0]!, inputs, ...windows.map((window) => window.size)] }];
  },
  forward: ({ call, emit, inputs }) => {
    const product = inputGradient(emit, transposedOf(call), inputs[0]!, inputs[1]!);
    if (!call.has(2)) return { outputs: [product] };
    const bias = emit.reshape(inputs[2]!, [call.dims(2)[0]!, ...new Array<number>(call.dims(0).length - 2).fill(1)]);
    return { outputs: [emit.add(product, bias)] };
  },
  backward: ({ call, emit, inputs }, gradient, [byInput, byKernel, byBias]) => {
    const convolution = transposedOf(call);
    return [
      byInput ? forwardOf() : undefined,
      byKernel ? kernelGradient(emit, convolution, inputs[0]!, gradient) : undefined,
      byBias ? emit.reduceSum(gradient, besideChannels(call)) : undefined,
    ];
    function forwardOf(): Value {
      const value = emit.node('Conv', [gradient, inputs[1]!], attributesOf(convolution));
      // What lies behind the last window (output_padding of a stride or more) gives none.
      const axes = convolution.windows.map((_, axis) => axis + 2);
      const counts = convolution.windows.map((window) => window.count);
      return convolution.windows.some((window) => lastWindow(window) >= window.stride)
        ? emit.slice(value, axes, axes.map(() => 0), counts) // prettier-ignore
        : value;
    }
  },
  byExample: ({ call, emit, inputs }, gradient, input) => {
    const convolution = transposedOf(call);
    if (input === 2)
      return explicit(emit, [convolution.inputs], () => emit.reduceSum(gradient, besideChannels(call).slice(1)));
    if (input === 0) return call.fail('a tensor in the place of the examples has no gradient by example');
    return explicit(emit, kernelShape(convolution), () => kernelGradients(emit, convolution, inputs[0]!, gradient));
  },
  multiplyAdds: (call) => {
    const convolution = transposedOf(call);
    return product(kernelShape(convolution)) * product(convolution.windows.map((window) => window.count));
  },
};

export const convolution = { Conv, ConvTranspose };
