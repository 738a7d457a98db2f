import { FedwardError, layoutOf, outputSize, type ModelSpec, type Parameters, type TrainingData } from '@fedward/core';
import { assertLabels, assertLayout, assertTrainingData, clipFactors } from '@fedward/core/training';
import { selectBackend, type BackendName } from './backend.js';
import type { ExampleGradients } from './model/example-gradients.js';

/** Of `perExampleGradients`. */
export interface PerExampleOptions {
  readonly backend?: BackendName | 'auto';
}

/** The gradient of each example of a batch. */
export interface PerExampleGradients {
  /** [count, parameters], in the model's layout. */
  readonly gradients: Float32Array;
  /** [count]: L2 norm over all parameters together. */
  readonly norms: Float64Array;
  /** [count] */
  readonly losses: Float64Array;
}

/** What clipping made of the gradients of a batch. */
export interface ClippedSum {
  /** [parameters]: sum_i g_i min(1, clipNorm / |g_i|), not divided, without noise. */
  readonly sum: Float32Array;
  /** [count]: before clipping. */
  readonly norms: Float64Array;
  /** [count]: what each gradient was multiplied by, about min(1, clipNorm / norm): see `clipFactor` of core. */
  readonly factors: Float32Array;
  /** [count] */
  readonly losses: Float64Array;
}

/**
 * The gradient of each example's loss, without dropout. `train` does not write them out like this; it is for
 * inspection and tests.
 *
 * @throws {FedwardError} as `train` of the trainer
 */
export async function perExampleGradients(
  spec: ModelSpec,
  parameters: Parameters,
  batch: TrainingData,
  options: PerExampleOptions = {},
): Promise<PerExampleGradients> {
  const evaluate = await prepare(spec, parameters, batch, options);
  const { fetchExamples } = await import('./model/clipped-sum.js');
  return evaluate(fetchExamples);
}

/**
 * The clipped sum exactly as a step of DP-SGD takes it (Abadi et al. 2016, algorithm 1), without dropout.
 *
 * @param clipNorm L2 norm over all parameters together, > 0
 * @throws {FedwardError} as `train` of the trainer
 */
export async function clippedSum(
  spec: ModelSpec,
  parameters: Parameters,
  batch: TrainingData,
  clipNorm: number,
  options: PerExampleOptions = {},
): Promise<ClippedSum> {
  const evaluate = await prepare(spec, parameters, batch, options);
  const { sumGradients } = await import('./model/clipped-sum.js');
  const { sum, norms, losses } = evaluate((gradients) => sumGradients(gradients, clipNorm));
  return { sum, norms: norms!, factors: clipFactors(norms!, clipNorm), losses };
}

async function prepare(
  spec: ModelSpec,
  parameters: Parameters,
  { count, features, labels, featureShape }: TrainingData,
  options: PerExampleOptions,
) {
  assertLayout(parameters, layoutOf(spec));
  assertTrainingData({ count, features, labels, featureShape }, spec.inputShape);
  if (spec.loss === 'cox')
    throw new FedwardError('CONFIG_INCOMPATIBLE', 'the cox loss has no gradients by example', 'model.loss');
  assertLabels(spec.loss, labels, outputSize(spec));
  const backend = await selectBackend(options.backend);
  const { specGradients } = await import('./model/objective.js');
  const evaluate = specGradients(spec, backend.name);
  return <T extends object>(read: (gradients: ExampleGradients) => T) =>
    evaluate(parameters.values, { size: count, features, labels }, read);
}
