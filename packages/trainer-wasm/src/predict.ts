import { outputSize, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { createPacer, exampleSize } from '@fedward/core/training';
import { withEngine } from './engine/engines.js';
import { floats } from './engine/load.js';

const examplesAtATime = 256;

/** The model's outputs on a whole data set, piece by piece: [count, outputs], row after row. */
export async function predictWith(model: ModelSpec, { values }: Parameters, data: TrainingData): Promise<Float32Array> {
  const width = outputSize(model);
  const size = exampleSize(data);
  const outputs = new Float32Array(data.count * width);
  const pace = createPacer();
  return withEngine(model, { batch: examplesAtATime, unit: 0, whole: false }, async (engine) => {
    floats(engine, engine.weightsAddress(), values.length).set(values);
    for (let start = 0; start < data.count; start += engine.capacity) {
      await pace();
      const end = Math.min(start + engine.capacity, data.count);
      const features = data.features.subarray(start * size, end * size);
      floats(engine, engine.inputAddress(), features.length).set(features);
      engine.predict(end - start);
      outputs.set(floats(engine, engine.outputsAddress(), (end - start) * width), start * width);
    }
    return outputs;
  });
}
