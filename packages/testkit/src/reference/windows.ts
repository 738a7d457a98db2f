import type { Backward, Layer } from './layer.js';

/** A window that slides over images [height, width, channels]; signals are images of height 1. */
export interface Windows {
  readonly input: readonly [height: number, width: number];
  readonly output: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** The window at each output position: the numbers of its pixels, -1 outside of the image. */
function positionsOf({ input, output, kernel, stride, padding }: Windows): number[][] {
  // TensorFlow's `same`: what is missing is before and after the image, the odd one after it.
  const before = ([0, 1] as const).map((axis) =>
    padding === 'same'
      ? Math.floor(Math.max((output[axis] - 1) * stride[axis] + kernel[axis] - input[axis], 0) / 2)
      : 0,
  );
  const along = (axis: 0 | 1, at: number) =>
    Array.from({ length: kernel[axis] }, (_, k) => at * stride[axis] + k - before[axis]!);
  return Array.from({ length: output[0] * output[1] }, (_, at) =>
    along(0, Math.floor(at / output[1])).flatMap((y) =>
      along(1, at % output[1]).map((x) => (y < 0 || x < 0 || y >= input[0] || x >= input[1] ? -1 : y * input[1] + x)),
    ),
  );
}

/** Cross-correlation with a kernel [height, width, channels, filters], padded by 0. */
export function convolution(
  windows: Windows,
  channels: number,
  filters: number,
  kernel: number,
  bias: number | undefined,
): Layer {
  const positions = positionsOf(windows);
  /** Calls with the place of an input value, of an output value, and of the weight that joins them. */
  const each = (visit: (input: number, output: number, weight: number) => void): void =>
    positions.forEach((pixels, at) =>
      pixels.forEach((pixel, k) => {
        if (pixel >= 0)
          for (let c = 0; c < channels; c++)
            for (let f = 0; f < filters; f++)
              visit(pixel * channels + c, at * filters + f, kernel + (k * channels + c) * filters + f);
      }),
    );
  return {
    forward(weights, input) {
      const output = Float64Array.from({ length: positions.length * filters }, (_, i) =>
        bias === undefined ? 0 : weights[bias + (i % filters)]!,
      );
      each((from, to, weight) => (output[to]! += input[from]! * weights[weight]!));
      const backward: Backward = (gradient, into) => {
        const inputGradient = new Float64Array(input.length);
        if (bias !== undefined) gradient.forEach((g, i) => (into[bias + (i % filters)]! += g));
        each((from, to, weight) => {
          into[weight]! += input[from]! * gradient[to]!;
          inputGradient[from]! += weights[weight]! * gradient[to]!;
        });
        return inputGradient;
      };
      return { output, backward };
    },
  };
}

/** The largest of a window's values, or their mean, channel by channel. */
export function pooling(kind: 'max' | 'average', windows: Windows, channels: number): Layer {
  const positions = positionsOf(windows);
  return {
    forward(_, input) {
      /** The places whose values make an output, and how much of its gradient goes to each. */
      const sources = Array.from({ length: positions.length * channels }, (_, i) => {
        const places = positions[Math.floor(i / channels)]!.map((pixel) => pixel * channels + (i % channels));
        return kind === 'average' ? places : [places.reduce((a, b) => (input[b]! > input[a]! ? b : a))];
      });
      return {
        output: Float64Array.from(sources, (places) => places.reduce((sum, at) => sum + input[at]!, 0) / places.length),
        backward(gradient) {
          const inputGradient = new Float64Array(input.length);
          sources.forEach((places, i) => places.forEach((at) => (inputGradient[at]! += gradient[i]! / places.length)));
          return inputGradient;
        },
      };
    },
  };
}
