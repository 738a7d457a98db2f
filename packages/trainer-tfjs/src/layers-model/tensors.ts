import * as tf from '@tensorflow/tfjs-core';
import type { Weight } from './weight.js';

/** Sets weights from values that hold each of them at its offset. */
export function writeWeights(weights: readonly Weight[], values: Float32Array): void {
  tf.tidy(() => {
    // A copy: on the CPU backend a tensor is the array that it was made of.
    for (const { variable, offset, size, shape } of weights)
      variable.write(tf.tensor(values.slice(offset, offset + size), [...shape]));
  });
}
