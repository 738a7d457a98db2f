import {
  FedwardError,
  outputSize,
  sameLayout,
  type Applied,
  type LocalTrainer,
  type ModelSpec,
  type Parameters,
  type TrainingData,
} from '@fedward/core';
import {
  appliedWishes,
  assertGradientPrivacy,
  assertLabels,
  createAugmenter,
  createPrivacyRecord,
  maskKeystream,
  objectiveOf,
  placeWishes,
  splitTrained,
  startValues,
  stepsOf,
  type PlacedWishes,
} from '@fedward/core/training';
import { drawBatches, noiseAt, onceAStep } from './batches.js';
import { stepDropout } from './dropout.js';
import { batchGradient, exampleOf, type StepContext } from './gradient.js';
import { createNetwork } from './network.js';
import { createOptimizer } from './optimizer.js';

/** What a training is put together from, each to be replaced in tests by a part with a fault. */
export interface TrainerParts {
  readonly createNetwork: typeof createNetwork;
  readonly drawBatches: typeof drawBatches;
  readonly batchGradient: typeof batchGradient;
  readonly createOptimizer: typeof createOptimizer;
  readonly assertFits: typeof assertFits;
  readonly assertGradientPrivacy: typeof assertGradientPrivacy;
  readonly createPrivacyRecord: typeof createPrivacyRecord;
  readonly maskKeystream: typeof maskKeystream;
  readonly objectiveOf: typeof objectiveOf;
  readonly createAugmenter: typeof createAugmenter;
  readonly placeWishes: typeof placeWishes;
  readonly startValues: typeof startValues;
  readonly addWishes: typeof addWishes;
  readonly appliedWishes: typeof appliedWishes;
  readonly splitTrained: typeof splitTrained;
  /** Lets other work of the process go on, such as the timer that aborts. */
  readonly rest: () => Promise<void>;
}

const parts: TrainerParts = {
  createNetwork,
  drawBatches,
  batchGradient,
  createOptimizer,
  assertFits,
  assertGradientPrivacy,
  createPrivacyRecord,
  maskKeystream,
  objectiveOf,
  createAugmenter,
  placeWishes,
  startValues,
  addWishes,
  appliedWishes,
  splitTrained,
  rest: () => new Promise((resolve) => setImmediate(resolve)),
};

/**
 * A local trainer in plain TypeScript and float64, without a tensor library: for tests of federations, and as
 * the yardstick of the trainers that are fast. It runs all that a model spec can say.
 */
export function referenceTrainer(): LocalTrainer {
  return trainerOf(parts);
}

/** The reference trainer with some parts replaced. */
export function trainerWith(replaced: Partial<TrainerParts>): LocalTrainer {
  return trainerOf({ ...parts, ...replaced });
}

function trainerOf(made: TrainerParts): LocalTrainer {
  return {
    name: 'reference',
    provides: [
      ...['per-example-clipping', 'batch-mean-clipping'],
      ...['proximal-term', 'frozen-tensors', 'correction', 'private-tensors'],
      ...['class-weights', 'label-smoothing', 'generalized-cross-entropy', 'small-loss-selection'],
      'augmentation',
    ],
    describe: async () => 'plain TypeScript, float64',
    validate: ({ model }) => void made.createNetwork(model),

    async train(payload, data, given, signal) {
      const { model, training } = given.plan;
      const network = made.createNetwork(model);
      made.assertFits(model, payload, data);
      if (data.count === 0) throw new FedwardError('DATA_EMPTY', `${given.clientId} has no records to train on`);
      made.assertGradientPrivacy(given.gradientPrivacy, given.plan);
      stepsOf(training.batches, data.count);
      const wishes = made.placeWishes(given.wishes, payload.layout);
      const context = { ...given, noise: onceAStep(given.noise) };
      const start = Float64Array.from(made.startValues(payload, wishes));
      const weights = start.slice();
      const optimize = made.createOptimizer(training.optimizer, weights.length);
      const masks = made.maskKeystream(given);
      const { augmentation } = training;
      const objective = made.objectiveOf(training.objective, given.round);
      const record = made.createPrivacyRecord();
      const losses: number[] = [];
      let steps = 0;
      let rested = performance.now();
      for (const batch of made.drawBatches(data, context)) {
        if (performance.now() - rested > 10) {
          await made.rest();
          rested = performance.now();
        }
        if (signal.aborted) throw stopped();
        const dropout = stepDropout(masks, steps);
        const own: StepContext = {
          ...context,
          ...(objective && { objective }),
          ...(augmentation && { augment: made.createAugmenter(augmentation, data.featureShape, masks, steps) }),
          noise: noiseAt(context.noise, steps++),
        };
        const { gradient, loss } = made.batchGradient(network, weights, data, batch, own, dropout, record);
        record.endStep();
        if (loss !== undefined) losses.push(loss);
        made.addWishes(gradient, weights, start, wishes);
        optimize(weights, gradient);
      }
      if (signal.aborted) throw stopped();
      const metrics = losses.length > 0 ? { loss: losses.reduce((sum, x) => sum + x, 0) / losses.length } : {};
      const gradientPrivacy = record.applied();
      const applied: Applied = {
        ...made.appliedWishes(wishes),
        ...(gradientPrivacy && { gradientPrivacy }),
        ...(objective && { objective }),
        ...(augmentation && { augmentation }),
      };
      return { ...made.splitTrained(Float32Array.from(weights), payload, wishes), steps, metrics, applied };
    },

    async predict(model, parameters, data) {
      const network = made.createNetwork(model);
      made.assertFits(model, parameters, data);
      const outputs = new Float32Array(data.count * outputSize(model));
      for (let row = 0; row < data.count; row++)
        outputs.set(network.outputs(parameters.values, exampleOf(data, row)), row * outputSize(model));
      return outputs;
    },
  };
}

/** @throws {FedwardError} ARGUMENT_INVALID, DATA_MALFORMED or LABEL_INVALID for what the model can't be given */
function assertFits(model: ModelSpec, { layout }: Parameters, data: TrainingData): void {
  if (!sameLayout(layout, createNetwork(model).layout))
    throw new FedwardError('ARGUMENT_INVALID', "the parameters are not in the model's layout", 'payload');
  const { count, featureShape, features, labels } = data;
  const size = model.inputShape.reduce((product, n) => product * n, 1);
  const shaped = featureShape.join() === model.inputShape.join();
  if (!shaped || features.length !== count * size || labels.length !== count)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${count} examples of shape [${model.inputShape.join(', ')}] do not fit ${features.length} features and ` +
        `${labels.length} labels of shape [${featureShape.join(', ')}]`,
    );
  assertLabels(model.loss, labels, outputSize(model));
}

/** FedProx (Li et al. 2020, equation 2: the gradient of mu/2 |w - w0|^2), the correction, and nothing of the frozen. */
export function addWishes(
  gradient: Float64Array,
  weights: Float64Array,
  start: Float64Array,
  { proximalMu, correction, frozen }: PlacedWishes,
): void {
  for (let i = 0; i < gradient.length; i++)
    gradient[i]! += proximalMu * (weights[i]! - start[i]!) + (correction?.[i] ?? 0);
  for (const { offset, size } of frozen) gradient.fill(0, offset, offset + size);
}

function stopped(): FedwardError {
  return new FedwardError('ABORTED', 'the training was stopped');
}
