import {
  createParameters,
  incompatible,
  layoutOf,
  outputSize,
  type Layout,
  type LocalTrainer,
  type TrainerCapability,
  type TrainingWishes,
} from '@fedward/core';
import {
  appliedWishes,
  assertNotAborted,
  assertFeatures,
  assertGradientPrivacy,
  assertLabels,
  assertLayout,
  assertPlanProvided,
  assertTrainingData,
  createPacer,
  createPrivacyRecord,
  drawBatches,
  patientsOf,
  placeWishes,
  stepsOf,
  type PlacedWishes,
} from '@fedward/core/training';
import * as z from 'zod';
import { linearModel, requireLinear } from './linear-model.js';
import { stepGradient } from './step-gradient.js';

/** None. */
export const myPluginOptions = z.strictObject({});

// A plan that asks for more is refused before round 0. What stands here must be true of EVERY step.
const provides: readonly TrainerCapability[] = ['per-example-clipping', 'proximal-term'];

/** Plain SGD on a model of one dense layer, in float64. What every trainer must do alike comes from core/training. */
export function myPluginTrainer(): LocalTrainer {
  return {
    name: 'my-plugin',
    provides,
    describe: async () => 'a linear model in plain TypeScript, float64',

    validate(plan) {
      const { optimizer } = plan.training;
      requireLinear(plan.model);
      assertPlanProvided({ name: 'my-plugin', provides }, plan);
      if (optimizer.name === 'sgd') return;
      throw incompatible(`my-plugin knows sgd, not ${optimizer.name}`, 'training.optimizer.name');
    },

    async train(payload, data, context, signal) {
      const { model, training } = context.plan;
      assertLayout(payload, layoutOf(model));
      assertTrainingData(data, model.inputShape);
      assertLabels(model.loss, data.labels, outputSize(model));
      assertGradientPrivacy(context.gradientPrivacy, context.plan);
      stepsOf(training.batches, data.count);
      if (context.gradientPrivacy?.clip === 'batch-mean')
        throw incompatible('my-plugin clips examples, and no means of batches', 'privacy.mechanisms');

      const wishes = granted(context.wishes, payload.layout);
      const { proximalMu } = wishes;
      const patients = patientsOf(data, context);
      const linear = linearModel(model);
      const start = payload.values;
      const weights = Float64Array.from(start);
      const record = createPrivacyRecord();
      const pace = createPacer();
      const losses: number[] = [];
      let steps = 0;
      for (const { rows, noise } of drawBatches(training.batches, data.count, context, patients)) {
        await pace();
        assertNotAborted(signal);
        const { gradient, loss } = stepGradient(linear, weights, data, rows, patients, { ...context, noise }, record);
        if (loss !== undefined) losses.push(loss);
        for (let i = 0; i < weights.length; i++)
          weights[i]! -= training.optimizer.learningRate * (gradient[i]! + proximalMu * (weights[i]! - start[i]!));
        record.endStep();
        steps++;
      }
      assertNotAborted(signal);
      const gradientPrivacy = record.applied();
      return {
        payload: createParameters(payload.layout, Float32Array.from(weights)),
        // What was carried out, as the code that did it wrote it down: the site sends nothing unless it is what was asked.
        applied: { ...appliedWishes(wishes), ...(gradientPrivacy && { gradientPrivacy }) },
        steps,
        metrics: losses.length > 0 ? { loss: losses.reduce((sum, x) => sum + x, 0) / losses.length } : {},
      };
    },

    async predict(model, parameters, data) {
      requireLinear(model);
      assertLayout(parameters, layoutOf(model));
      assertFeatures(data, model.inputShape);
      const { inputs, outputs, apply } = linearModel(model);
      const all = new Float32Array(data.count * outputs);
      for (let row = 0; row < data.count; row++)
        all.set(apply(parameters.values, data.features.subarray(row * inputs, (row + 1) * inputs)), row * outputs);
      return all;
    },
  };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a wish that it does not grant */
function granted(asked: TrainingWishes, layout: Layout): PlacedWishes {
  const wishes = placeWishes(asked, layout);
  if (wishes.correction || wishes.frozen.length > 0 || wishes.privateTensors.length > 0)
    throw incompatible('my-plugin grants no wish but a proximal term', 'training.trainer');
  return wishes;
}
