import { FedwardError, layoutOf, outputSize, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { assertLabels, assertLayout, assertTrainingData } from '@fedward/core/training';
import { createEngine } from './engine/engines.js';
import { floats, integers, loadRecords } from './engine/load.js';

/** What clipping made of the gradients of a batch. */
export interface ClippedSum {
  /** [parameters]: sum_i g_i min(1, clipNorm / |g_i|), not divided, without noise. */
  readonly sum: Float32Array;
  /** [count]: L2 norm over all parameters together, before clipping. */
  readonly norms: Float64Array;
  /** [count]: what each gradient was multiplied by, about min(1, clipNorm / norm): see `clipFactor` of core. */
  readonly factors: Float32Array;
}

/**
 * The clipped sum exactly as a step of DP-SGD takes it (Abadi et al. 2016, algorithm 1), for models without dropout.
 *
 * @param clipNorm L2 norm over all parameters together, > 0
 * @throws {FedwardError} as `train` of the trainer; CONFIG_INCOMPATIBLE for cox
 */
export function clippedSum(spec: ModelSpec, parameters: Parameters, batch: TrainingData, clipNorm: number): ClippedSum {
  assertLayout(parameters, layoutOf(spec));
  assertTrainingData(batch, spec.inputShape);
  if (spec.loss === 'cox')
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'the cox loss has no gradients by example', 'model.loss');
  assertLabels(spec.loss, batch.labels, outputSize(spec));
  const { count } = batch;
  // In one part, so that the norms of all examples are there at the end.
  const engine = createEngine(spec, { batch: count, unit: 1, whole: true });
  loadRecords(engine, batch);
  floats(engine, engine.weightsAddress(), engine.weights).set(parameters.values);
  engine.start();
  engine.configurePrivacy(1, clipNorm, 0, 8, 1);
  integers(engine, engine.chosenAddress(), count).set(Uint32Array.from({ length: count }, (_, i) => i));
  engine.gradient(0, count);
  return {
    sum: floats(engine, engine.gradientAddress(), engine.weights).slice(),
    norms: new Float64Array(engine.memory.buffer, engine.squaredNormsAddress(), count).map(Math.sqrt),
    factors: floats(engine, engine.factorsAddress(), count).slice(),
  };
}
