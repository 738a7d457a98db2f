import * as tf from '@tensorflow/tfjs-core';
import type { LayerRun } from './layer.js';
import { placeWindows, type Windows } from './windows.js';

export interface Pooling {
  readonly kind: 'max' | 'average';
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
}

/**
 * The largest or the mean value of each window: [batch, height, width, channels] -> [batch, rows, columns, channels].
 * Backward on the host: the backends' own kernels give ties to different places, and the WASM one is wrong for a
 * window without a positive value. Here the first of equal values takes the gradient, as in PyTorch.
 */
export function runPooling(input: tf.Tensor4D, { kind, kernel, stride }: Pooling): LayerRun {
  const [batch, height, width, channels] = input.shape;
  const windows = placeWindows([height, width, channels], kernel, stride, 'valid');
  const pool = kind === 'max' ? tf.maxPool : tf.avgPool;
  return {
    output: pool(input, [...kernel], [...stride], 'valid'),
    inputGradient: (gradient) => {
      const d = gradient.dataSync() as Float32Array;
      const values =
        kind === 'max'
          ? maxGradient(windows, input.dataSync() as Float32Array, d, batch)
          : averageGradient(windows, d, batch);
      return tf.tensor4d(values, input.shape);
    },
  };
}

function maxGradient(windows: Windows, images: Float32Array, gradient: Float32Array, batch: number): Float32Array {
  const { channels, kernel, width } = windows;
  const result = new Float32Array(images.length);
  forEachWindow(windows, batch, (corner, window) => {
    for (let c = 0; c < channels; c++) {
      let largest = corner + c;
      for (let k = 0; k < kernel[0]; k++)
        for (let l = 0; l < kernel[1]; l++) {
          const place = corner + (k * width + l) * channels + c;
          if (images[place]! > images[largest]!) largest = place;
        }
      result[largest]! += gradient[window + c]!;
    }
  });
  return result;
}

function averageGradient(windows: Windows, gradient: Float32Array, batch: number): Float32Array {
  const { channels, kernel, height, width } = windows;
  const size = kernel[0] * kernel[1];
  const result = new Float32Array(batch * height * width * channels);
  forEachWindow(windows, batch, (corner, window) => {
    for (let k = 0; k < kernel[0]; k++)
      for (let l = 0; l < kernel[1]; l++)
        for (let c = 0; c < channels; c++)
          result[corner + (k * width + l) * channels + c]! += gradient[window + c]! / size;
  });
  return result;
}

/** `corner`: where the first value of a window stands among the input; `window`: its first among the output. */
function forEachWindow(
  { height, width, channels, stride, output }: Windows,
  batch: number,
  visit: (corner: number, window: number) => void,
): void {
  let window = 0;
  for (let image = 0; image < batch; image++)
    for (let i = 0; i < output[0]; i++)
      for (let j = 0; j < output[1]; j++, window += channels)
        visit(((image * height + i * stride[0]) * width + j * stride[1]) * channels, window);
}
