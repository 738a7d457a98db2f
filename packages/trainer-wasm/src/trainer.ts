import { layoutOf, outputSize, type LocalTrainer } from '@fedward/core';
import {
  appliedWishes,
  assertFeatures,
  assertGradientPrivacy,
  assertLabels,
  assertLayout,
  assertNoGraph,
  assertTrainingData,
  patientsOf,
  placeWishes,
  splitTrained,
} from '@fedward/core/training';
import { withEngine } from './engine/engines.js';
import { appliedBy } from './engine/applied.js';
import { floats, forgetKeys, loadRecords, loadTraining } from './engine/load.js';
import { bestBuild } from './engine/module.js';
import { predictWith } from './predict.js';
import { sizeOf } from './training/size.js';
import { runSteps } from './training/steps.js';

/**
 * Trains model specs in one WebAssembly program: batches, forward pass, per-example clipping, noise and optimizer run
 * without JavaScript in between. Same plan, data, random stream and noise: same bits, on one build and kind of
 * processor; see `describe` for the build.
 *
 * Random numbers are those of core's counter-based generator, so that trainer-tfjs sees the same batches, masks and
 * simulated noise. A noise source without a keystream is asked for each draw, as `drawBatches` says.
 *
 * `train` and `predict` reject with a FedwardError: CONFIG_INCOMPATIBLE for a payload, wishes or gradient
 * privacy that can't be met, and for more memory than WebAssembly has; DATA_EMPTY, DATA_MALFORMED (also for examples
 * of another shape than the model's), DATA_NOT_FINITE, LABEL_INVALID for the data; ABORTED.
 */
export function wasmTrainer(): LocalTrainer {
  return {
    name: 'wasm',
    provides: [
      'per-example-clipping',
      'batch-mean-clipping',
      'proximal-term',
      'frozen-tensors',
      'correction',
      'private-tensors',
      'class-weights',
      'label-smoothing',
      'generalized-cross-entropy',
      'small-loss-selection',
      'augmentation',
    ],
    describe: async () => `wasm (${bestBuild().name})`,
    validate: ({ model }) => assertNoGraph(model, 'wasm'),
    train: async (payload, data, context, signal) => {
      const { model } = context.plan;
      assertLayout(payload, layoutOf(model));
      assertTrainingData(data, model.inputShape);
      assertLabels(model.loss, data.labels, outputSize(model));
      assertGradientPrivacy(context.gradientPrivacy, context.plan);
      const wishes = placeWishes(context.wishes, payload.layout);
      const patients = patientsOf(data, context);
      return withEngine(model, sizeOf(context, data.count, patients), async (engine) => {
        loadRecords(engine, data, patients);
        loadTraining(engine, payload, context, wishes);
        const steps = await runSteps(engine, data, context, signal, patients);
        forgetKeys(engine);
        const values = floats(engine, engine.weightsAddress(), payload.layout.size).slice();
        // Where all batches were empty nobody had a loss.
        const metrics = engine.batchesSeen() > 0 ? { loss: engine.meanLoss() } : {};
        const { privateTensors } = wishes;
        const applied = {
          ...appliedBy(engine, wishes, Math.max(2, outputSize(model))),
          ...appliedWishes({ proximalMu: 0, frozen: [], privateTensors }),
        };
        return { ...splitTrained(values, payload, wishes), steps, metrics, applied };
      });
    },
    predict: async (model, parameters, data) => {
      assertLayout(parameters, layoutOf(model));
      assertFeatures(data, model.inputShape);
      return predictWith(model, parameters, data);
    },
  };
}
