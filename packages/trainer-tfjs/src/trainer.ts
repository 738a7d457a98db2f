import { layoutOf, outputSize, parseWith, type LocalTrainer, type TrainerCapability } from '@fedward/core';
import {
  appliedWishes,
  assertFeatures,
  assertLabels,
  assertLayout,
  assertNoGraph,
  assertTrainingData,
  maskKeystream,
  objectiveOf,
  placeWishes,
  predictInPieces,
  runSteps,
  splitTrained,
  startValues,
} from '@fedward/core/training';
import * as z from 'zod';
import { selectBackend } from './backend.js';

export const backendOption = z
  .enum(['auto', 'tensorflow', 'wasm', 'cpu'])
  .default('auto')
  .describe('what TensorFlow.js runs on; auto takes the first there is of tensorflow, wasm, cpu');

/** What the trainers of this package can do. */
export const provides: readonly TrainerCapability[] = [
  ...['per-example-clipping', 'batch-mean-clipping'],
  ...['proximal-term', 'frozen-tensors', 'correction', 'private-tensors'],
  ...['class-weights', 'label-smoothing', 'generalized-cross-entropy', 'small-loss-selection'],
  'augmentation',
];

/** The options of this trainer. */
export const tfjsOptions = z.strictObject({ backend: backendOption });

/** `backend`: what TensorFlow.js runs on; `auto` (default) takes the first there is of tensorflow, wasm, cpu. */
export type TfjsTrainerOptions = z.input<typeof tfjsOptions>;

/**
 * Trains model specs on TensorFlow.js, which is loaded with the first use. Same plan, data, random stream, noise
 * and backend: same bits.
 *
 * Random numbers: `context.random` at ('epoch', number) for shuffled batches; `maskKeystream` at (step, layer) for
 * dropout, and at (step, `augmentationLane`) for augmentation; the noise source of each step (see `drawBatches` of core) for the Poisson batch (one draw a record) and
 * then the gradient's noise.
 *
 * Where the plan's privacy unit is the patient, gradients clipped by example are clipped by patient, and Poisson
 * batches are of whole patients (one draw a patient, in the order of their first records).
 *
 * `train` and `predict` reject with a FedwardError: CONFIG_INCOMPATIBLE for a payload, wishes, gradient
 * privacy that this trainer can't meet, and for a backend that is not there; DATA_EMPTY, DATA_MALFORMED (also for
 * examples of another shape than the model's), DATA_NOT_FINITE, LABEL_INVALID for the data; ABORTED.
 *
 * @throws {FedwardError} CONFIG_INVALID for unknown options
 */
export function tfjsTrainer(options: TfjsTrainerOptions = {}): LocalTrainer {
  const { backend: choice } = parseWith(tfjsOptions, options, 'the options of tfjsTrainer');
  return {
    name: 'tfjs',
    provides,
    describe: async () => `tfjs (${(await selectBackend(choice)).name})`,
    validate: ({ model }) => assertNoGraph(model, 'tfjs'),
    train: async (payload, data, context, signal) => {
      const { model, training } = context.plan;
      assertLayout(payload, layoutOf(model));
      assertTrainingData(data, model.inputShape);
      assertLabels(model.loss, data.labels, outputSize(model));
      const { privateTensors, ...wishes } = placeWishes(context.wishes, payload.layout);
      const backend = await selectBackend(choice);
      const { specObjective } = await import('./model/objective.js');
      const frozen = new Set(wishes.frozen.map(({ name }) => name));
      const masks = maskKeystream(context);
      const shape = objectiveOf(training.objective, context.round);
      const objective = specObjective(model, backend.name, masks, frozen, shape);
      const start = startValues(payload, { privateTensors });
      const { values, applied, ...done } = await runSteps(objective, start, data, context, masks, wishes, signal);
      const kept = appliedWishes({ proximalMu: 0, frozen: [], privateTensors });
      return { ...splitTrained(values, payload, { privateTensors }), ...done, applied: { ...applied, ...kept } };
    },
    predict: async (model, parameters, data) => {
      assertLayout(parameters, layoutOf(model));
      assertFeatures(data, model.inputShape);
      const backend = await selectBackend(choice);
      const { specOutputs } = await import('./model/objective.js');
      const outputsOf = specOutputs(model, backend.name);
      return predictInPieces(data, outputSize(model), (features, size) => outputsOf(parameters.values, features, size));
    },
  };
}
