import { FedwardError, layoutOf, outputSize, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { assertLabels, assertLayout, assertTrainingData, clipFactors } from '@fedward/core/training';
import { compile } from '../program/compiled.js';
import { SessionCache } from '../program/lease.js';
import { startRuntime } from '../start.js';
import { sumClippedRows } from '../training/objective.js';
import { Runner } from '../training/runner.js';

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
 * The clipped sum exactly as a step of DP-SGD takes it (Abadi et al. 2016, algorithm 1), without dropout, on the CPU.
 *
 * @param clipNorm L2 norm over all parameters together, > 0
 * @throws {FedwardError} as `train` of the trainer; CONFIG_INCOMPATIBLE for cox
 */
export async function clippedSum(
  spec: ModelSpec,
  parameters: Parameters,
  batch: TrainingData,
  clipNorm: number,
): Promise<ClippedSum> {
  assertLayout(parameters, layoutOf(spec));
  assertTrainingData(batch, spec.inputShape);
  if (spec.loss === 'cox')
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'the cox loss has no gradients by example', 'model.loss');
  assertLabels(spec.loss, batch.labels, outputSize(spec));
  const compiled = compile(spec);
  const leases = new SessionCache(0).lease();
  try {
    const runner = new Runner(compiled, await startRuntime('cpu', 1), leases);
    const { count: size, features, labels } = batch;
    const sum = new Float32Array(parameters.values.length);
    const rows = { size, features, labels, masks: [] };
    const { norms } = await sumClippedRows(runner, parameters.values, rows, { size }, clipNorm, sum, compiled.width);
    return { sum, norms, factors: clipFactors(norms, clipNorm) };
  } finally {
    leases.release();
  }
}
