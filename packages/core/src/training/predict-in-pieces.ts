import type { TrainingData } from '../interfaces/trainer.js';
import { exampleSize } from './data.js';
import { createPacer } from './pace.js';

const examplesAtATime = 256; // bounds the memory of activations

/**
 * A model's outputs on a whole data set, piece by piece: [count, width], row after row.
 * @param outputsOf features of `size` examples -> [size, width]
 */
export async function predictInPieces(
  data: TrainingData,
  width: number,
  outputsOf: (features: Float32Array, size: number) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array> {
  const outputs = new Float32Array(data.count * width);
  const perExample = exampleSize(data);
  const pace = createPacer();
  for (let start = 0; start < data.count; start += examplesAtATime) {
    await pace();
    const size = Math.min(examplesAtATime, data.count - start);
    outputs.set(
      await outputsOf(data.features.subarray(start * perExample, (start + size) * perExample), size),
      start * width,
    );
  }
  return outputs;
}
