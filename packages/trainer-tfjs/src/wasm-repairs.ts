import * as tf from '@tensorflow/tfjs-core';

type Kernel = Parameters<typeof tf.registerKernel>[0];
type Info = tf.TensorInfo;

/**
 * What is missing or wrong in tfjs-backend-wasm 4.22, put right for every model of this process, a user's own
 * too. Call it once, before the backend is set; tfjs-backend-cpu has to be loaded.
 *
 * - Gradients that it lacks (tensorflow/tfjs#8474, #8082) are computed by the CPU backend's kernels.
 * - Its gradient of max pooling is wrong for windows without a positive value: the CPU backend's is used.
 * - Convolutions with `same` padding are wrong where the last window ends before the input does, as a 1x1 kernel
 *   of stride 2 on an even width (tensorflow/tfjs#5907, #6629): they are given the padding in numbers.
 */
export function repairWasm(): void {
  for (const name of [
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'MaxPoolGrad',
    'UnsortedSegmentSum',
  ])
    replaceKernel(onCpu(name));
  for (const name of ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'])
    replaceKernel(withPaddingInNumbers(tf.getKernel(name, 'wasm')));
  const cpu = tf.engine().findBackend('cpu');
  cpu.disposeData(cpu.write(new Float32Array(1), [1], 'float32')); // with its first tensor it prints a banner
}

function replaceKernel(kernel: Kernel): void {
  if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm');
  tf.registerKernel(kernel);
}

/** A kernel for the WASM backend that moves its inputs to the CPU backend and the results back. */
function onCpu(kernelName: string): Kernel {
  const { kernelFunc } = tf.getKernel(kernelName, 'cpu');
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs = {}, backend }) => {
      const wasm = backend as tf.KernelBackend;
      const cpu = tf.engine().findBackend('cpu');
      const move = (info: Info, from: tf.KernelBackend, to: tf.KernelBackend): Info => ({
        ...pick(info),
        dataId: to.write(from.readSync(info.dataId) as tf.backend_util.TypedArray, info.shape, info.dtype),
      });
      const there = Object.entries(inputs).map(([name, info]) => [name, move(info!, wasm, cpu)] as const);
      const results = [kernelFunc({ inputs: Object.fromEntries(there), attrs, backend: cpu })].flat();
      const here = results.map((info) => move(info, cpu, wasm));
      for (const { dataId } of [...there.map(([, info]) => info), ...results]) cpu.disposeData(dataId, true);
      return here.length === 1 ? here[0]! : here;
    },
  };
}

function pick({ shape, dtype }: Info): Omit<Info, 'dataId'> {
  return { shape, dtype };
}

function withPaddingInNumbers(kernel: Kernel): Kernel {
  return {
    ...kernel,
    kernelFunc: (call) => {
      const { x, filter } = call.inputs;
      const { strides, dilations, pad } = call.attrs as unknown as { strides: number; dilations: number; pad: unknown };
      if (pad !== 'same') return kernel.kernelFunc(call);
      const { top, bottom, left, right } = tf.backend_util.computeConv2DInfo(
        x!.shape as [number, number, number, number],
        filter!.shape as [number, number, number, number],
        strides,
        dilations,
        'same',
      ).padInfo;
      const numbers = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return kernel.kernelFunc({ ...call, attrs: { ...call.attrs, pad: numbers } });
    },
  };
}
