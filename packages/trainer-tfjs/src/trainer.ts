import {
  FedwardError,
  layoutOf,
  outputSize,
  parseWith,
  sameLayout,
  type Layout,
  type LocalTrainer,
  type Parameters,
} from '@fedward/core';
import { z } from 'zod';
import { selectBackend } from './backend.js';
import { checkLabels } from './model/loss.js';
import { checkFeatures, checkTrainingData } from './training/data.js';
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
 * Random numbers: `context.random` at ('epoch', number) for shuffled batches and at ('dropout', step, layer) for
 * masks; `context.noise` in each step for the Poisson batch (one draw a record) and then the gradient's noise.
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
    describe: async () => `tfjs (${(await selectBackend(choice)).name})`,
    train: async (payload, data, context, signal) => {
      const { model } = context.plan;
      checkLayout(payload, layoutOf(model));
      checkTrainingData(data, model.inputShape);
      checkLabels(model.loss, data.labels, outputSize(model));
      const backend = await selectBackend(choice);
      const { specObjective } = await import('./model/objective.js');
      const objective = specObjective(model, backend.name, context.random);
      const { values, steps, metrics } = await runSteps(objective, payload.values, data, context, signal);
      return { payload: { layout: payload.layout, values }, steps, metrics };
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

/**
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the first tensor that is missing, in another place or shape,
 * or not one of the model's: what another plugin adds to the payload would be lost here
 */
export function checkLayout({ layout, values }: Parameters, expected: Layout): void {
  const refuse = (why: string, tensor?: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `the payload does not fit the model: ${why}`, tensor);
  };
  if (expected.size === 0) refuse('the model has no parameters to train');
  if (values.length !== layout.size) refuse(`its layout has ${layout.size} values, it has ${values.length}`);
  if (sameLayout(layout, expected)) return;
  const known = new Set(expected.tensors.map(({ name }) => name));
  const extra = layout.tensors.find(({ name }) => !known.has(name));
  if (extra) refuse(`${extra.name} is not a tensor of it`, extra.name);
  const wrong = expected.tensors.find((tensor, i) => {
    const given = layout.tensors[i];
    return given?.name !== tensor.name || given.shape.join() !== tensor.shape.join();
  })!;
  refuse(`${wrong.name} [${wrong.shape.join(', ')}] is not in its place`, wrong.name);
}
