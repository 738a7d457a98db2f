import { FedwardError, outputSize, parseWith, type LocalTrainer, type ModelSpec } from '@fedward/core';
import {
  appliedWishes,
  assertFeatures,
  assertLabels,
  assertLayout,
  assertTrainingData,
  maskKeystream,
  objectiveOf,
  placeWishes,
  predictInPieces,
  runSteps,
  splitTrained,
  startValues,
} from '@fedward/core/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as z from 'zod';
import { selectBackend } from '../backend.js';
import { backendOption, provides } from '../trainer.js';
import { assertModel } from './checks.js';
import type { Weight } from './weight.js';
import { setParameters, trainablePart, weightsOf } from './weights.js';

const optionsSchema = z.strictObject({
  name: z.string().min(1).default('tfjs-layers'),
  backend: backendOption,
  outputs: z.enum(['logits', 'probabilities']).default('logits'),
});

/**
 * `name`: what the plan calls the trainer (`training.trainer`), default `tfjs-layers`. Since the plan does not
 * describe the model, let the name do it, with a version.
 * `backend`: as for `tfjsTrainer`.
 * `outputs`: whether the model gives logits (default) or, by a softmax or sigmoid at its end, probabilities;
 * `predict` gives logits in both cases.
 */
export type LayersModelTrainerOptions = z.input<typeof optionsSchema>;

/**
 * Trains any `tf.LayersModel` of one input and one output of rank 1. Of the plan's `model` it takes the input
 * shape, the number of outputs and the loss; its layers are not used. The payload is laid out as `parametersOf`
 * does, weights that are not trained travel along.
 *
 * With gradients clipped by example: if all trainable weights are in Dense, Conv1D and Conv2D layers (not dilated,
 * not causal, channels last), without a loop over examples; else one pass for each example. Batch normalisation
 * is refused then.
 *
 * @param createModel gives a new model on each call, the same one but for its initial weights. It is disposed of
 * after use, so that trainings at the same time do not share one.
 * @throws {FedwardError} CONFIG_INVALID for unknown options
 */
export function layersModelTrainer(
  createModel: () => LayersModel | Promise<LayersModel>,
  options: LayersModelTrainerOptions = {},
): LocalTrainer {
  const {
    name,
    backend: choice,
    outputs: kind,
  } = parseWith(optionsSchema, options, `the options of layersModelTrainer`);
  const used = new WeakSet<LayersModel>();

  const withModel = async <T>(work: (model: LayersModel) => Promise<T>): Promise<T> => {
    const model = await createModel();
    if (used.has(model))
      throw new FedwardError('ARGUMENT_INVALID', 'createModel has to give a new model on each call', 'createModel');
    used.add(model);
    try {
      return await work(model);
    } finally {
      model.dispose();
    }
  };

  return {
    name,
    provides,
    async layout() {
      await selectBackend(choice);
      return withModel(async (model) => weightsOf(model).layout);
    },
    describe: async () => `tfjs layers (${(await selectBackend(choice)).name})`,
    train: async (payload, data, context, signal) => {
      const spec: ModelSpec = context.plan.model;
      assertTrainingData(data, spec.inputShape);
      assertLabels(spec.loss, data.labels, outputSize(spec));
      const { name: backend } = await selectBackend(choice);
      const { modelObjective } = await import('./objective.js');
      return withModel(async (model) => {
        assertModel(model, spec, context.gradientPrivacy);
        const { layout, weights } = weightsOf(model);
        assertLayout(payload, layout);
        const wishes = placeWishes(context.wishes, layout);
        const { proximalMu, correction } = wishes;
        const start = startValues(payload, wishes);
        await setParameters(model, { layout, values: start });
        const { packed, gather, scatter } = trainablePart(weights);
        const isFrozen = ({ name }: Weight) => wishes.frozen.some((tensor) => tensor.name === name);
        const frozen = packed.filter(isFrozen);
        const masks = maskKeystream(context);
        const shape = objectiveOf(context.plan.training.objective, context.round);
        const inUse = { model, weights: packed, frozen, spec, kind, backend, ...(shape && { shape }) };
        const objective = modelObjective(inUse, masks);
        const packedWishes = { proximalMu, ...(correction && { correction: gather(correction) }), frozen };
        const trained = await runSteps(objective, gather(start), data, context, masks, packedWishes, signal);
        const { values: ended, applied, ...done } = trained;

        const values = start.slice();
        scatter(ended, values);
        // What is no trainable weight changes all the same in a forward pass: moving averages do.
        for (const weight of weights)
          if (!weight.trainable && !isFrozen(weight))
            values.set(weight.variable.read().dataSync() as Float32Array, weight.offset);
        // The steps hold to those that are trained; the others have just been left as they were.
        const untouched = wishes.frozen.filter(
          ({ name }) =>
            applied.frozen?.includes(name) || weights.some((weight) => weight.name === name && !weight.trainable),
        );
        const { privateTensors } = wishes;
        const kept = appliedWishes({ proximalMu: 0, frozen: untouched, privateTensors });
        return { ...splitTrained(values, payload, wishes), ...done, applied: { ...applied, ...kept } };
      });
    },
    predict: async (spec, parameters, data) => {
      assertFeatures(data, spec.inputShape);
      const { name: backend } = await selectBackend(choice);
      const { modelOutputs } = await import('./objective.js');
      return withModel(async (model) => {
        assertModel(model, spec, undefined);
        await setParameters(model, parameters);
        return predictInPieces(data, outputSize(spec), modelOutputs({ model, spec, kind, backend }));
      });
    },
  };
}
