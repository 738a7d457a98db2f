import { layoutOf, outputSize, parseWith, type LocalTrainer } from '@fedward/core';
import {
  checkFeatures,
  checkLabels,
  checkLayout,
  checkTrainingData,
  maskKeystream,
  splitTrained,
  startValues,
  strategyOf,
} from '@fedward/core/training';
import * as z from 'zod';
import { selectBackend } from './backend.js';
import { predictInPieces } from './training/predict.js';
import { runSteps } from './training/steps.js';

export const backendOption = z.enum(['auto', 'tensorflow', 'wasm', 'cpu']).default('auto');
const optionsSchema = z.strictObject({ backend: backendOption });

/** `backend`: what TensorFlow.js runs on; `auto` (default) takes the first there is of tensorflow, wasm, cpu. */
export type TfjsTrainerOptions = z.input<typeof optionsSchema>;

/**
 * Trains model specs on TensorFlow.js, which is loaded with the first use. Same plan, data, random stream, noise
 * and backend: same bits.
 *
 * Random numbers: `context.random` at ('epoch', number) for shuffled batches; `maskKeystream` at (step, layer) for
 * dropout; the noise source of each step (see `drawBatches` of core) for the Poisson batch (one draw a record) and
 * then the gradient's noise.
 *
 * Where the plan's privacy unit is the patient, gradients clipped by example are clipped by patient, and Poisson
 * batches are of whole patients (one draw a patient, in the order of their first records).
 *
 * `train` and `predict` reject with a FedwardError: CONFIG_INCOMPATIBLE for a payload, instructions, gradient
 * privacy that this trainer can't meet, and for a backend that is not there; DATA_EMPTY, DATA_MALFORMED (also for
 * examples of another shape than the model's), DATA_NOT_FINITE, LABEL_INVALID for the data; ABORTED.
 *
 * @throws {FedwardError} CONFIG_INVALID for unknown options
 */
export function tfjsTrainer(options: TfjsTrainerOptions = {}): LocalTrainer {
  const { backend: choice } = parseWith(optionsSchema, options, 'the options of tfjsTrainer');
  return {
    name: 'tfjs',
    provides: ['per-example-clipping', 'batch-mean-clipping'],
    describe: async () => `tfjs (${(await selectBackend(choice)).name})`,
    train: async (payload, data, context, signal) => {
      const { model } = context.plan;
      checkLayout(payload, layoutOf(model));
      checkTrainingData(data, model.inputShape);
      checkLabels(model.loss, data.labels, outputSize(model));
      const strategy = strategyOf(context, payload.layout);
      const backend = await selectBackend(choice);
      const { specObjective } = await import('./model/objective.js');
      const frozen = new Set(strategy.frozen.map(({ name }) => name));
      const objective = specObjective(model, backend.name, maskKeystream(context), frozen);
      const start = startValues(payload, strategy);
      const { values, ...done } = await runSteps(objective, start, data, context, strategy, signal);
      return { ...splitTrained(values, payload, strategy), ...done };
    },
    predict: async (model, parameters, data) => {
      checkLayout(parameters, layoutOf(model));
      checkFeatures(data, model.inputShape);
      const backend = await selectBackend(choice);
      const { specOutputs } = await import('./model/objective.js');
      const outputsOf = specOutputs(model, backend.name);
      return predictInPieces(data, outputSize(model), (features, size) => outputsOf(parameters.values, features, size));
    },
  };
}
