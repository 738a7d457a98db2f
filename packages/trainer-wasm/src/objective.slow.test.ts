import { type LocalTrainer, type ModelSpec, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';
import { createAugmenter } from '@fedward/core/training';
import { tfjsTrainer } from '@fedward/trainer-tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { builds } from './testing/kernels.js';
import {
  contextOf,
  dataOf,
  notAborted,
  planOf,
  relativeError,
  spec,
  trainerOn,
  weightsOf,
} from './testing/problems.js';

type Training = TrainingPlanInput['training'];
const count = 40;
const shuffled = { kind: 'shuffle', size: 8, epochs: 4 } as const;
const poisson = { kind: 'poisson', probability: 0.2, steps: 20, expectedSize: 8 } as const;
const gradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.3 } as const;

const classifier = (inputShape: number[], units: number, loss: ModelSpec['loss'] = 'softmax-cross-entropy') =>
  spec(
    inputShape,
    [
      { type: 'flatten' },
      { type: 'dense', units: 6 },
      { type: 'activation', function: 'tanh' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units },
    ],
    loss,
  );
const softmax = classifier([7, 1], 3);
const sigmoid = classifier([7, 1], 1, 'sigmoid-cross-entropy');
const pictures = classifier([6, 5, 2], 3);
const signals = classifier([9, 2], 3);

const withTraining = (plan: TrainingPlan, changes: Partial<Training>): TrainingPlan => ({
  ...plan,
  training: { ...plan.training, ...changes } as TrainingPlan['training'],
});

const objectives: readonly NonNullable<Training['objective']>[] = [
  { classWeights: [0.3, 4, 1] },
  { labelSmoothing: 0.2 },
  { generalizedCrossEntropy: { q: 0.7 } },
  { keepSmallest: { fraction: 0.6, warmUpRounds: 4 } },
  { generalizedCrossEntropy: { q: 0.2 }, classWeights: [2, 1, 0.5], keepSmallest: { fraction: 0.5 } },
];
const augmentations: readonly (readonly [ModelSpec, NonNullable<Training['augmentation']>])[] = [
  [pictures, { flip: 'horizontal' }],
  [pictures, { shift: 2 }],
  [pictures, { rotate: 40 }],
  [pictures, { contrast: 0.5 }],
  [pictures, { flip: 'horizontal', shift: 1, rotate: 15, contrast: 0.2 }],
  [signals, { shift: 3, contrast: 0.3 }],
];

describe.each(builds)('the %s build', (build) => {
  let trainer: LocalTrainer;
  beforeAll(async () => void (trainer = await trainerOn(build)));

  const difference = async (plan: TrainingPlan, overrides = {}, patients = 0): Promise<number> => {
    const { model } = plan;
    const context = contextOf(plan, { round: 2, ...overrides });
    const data = dataOf(model, count, 'data', patients);
    const [own, other] = await Promise.all(
      [trainer, tfjsTrainer()].map((one) => one.train(weightsOf(model), data, context, notAborted)),
    );
    expect(own!.applied).toEqual(other!.applied);
    expect(own!.metrics['loss']).toBeCloseTo(other!.metrics['loss']!, 3);
    return relativeError(own!.payload.values, other!.payload.values);
  };

  it.each(objectives)('is where trainer-tfjs is under %j', async (objective) => {
    for (const [model, classes] of [
      [softmax, 3],
      [sigmoid, 2],
    ] as const) {
      const { classWeights } = objective;
      const own = { ...objective, ...(classWeights && { classWeights: classWeights.slice(0, classes) }) };
      expect(await difference(withTraining(planOf(model, shuffled), { objective: own }))).toBeLessThan(1e-4);
      expect(
        await difference(withTraining(planOf(model, poisson), { objective: own }), {
          ...(own.keepSmallest ? {} : { gradientPrivacy }),
        }),
      ).toBeLessThan(1e-4);
    }
  });

  it.each(augmentations)('is where trainer-tfjs is with examples that are augmented', async (model, augmentation) => {
    const adam = { name: 'adam', learningRate: 0.01 } as const;
    expect(await difference(withTraining(planOf(model, shuffled, adam), { augmentation }))).toBeLessThan(1e-4);
    const clipped = withTraining(planOf(model, poisson, adam), { augmentation });
    expect(await difference(clipped, { gradientPrivacy })).toBeLessThan(1e-4);
    const byPatient = withTraining(planOf(model, poisson, adam, true), { augmentation });
    expect(await difference(byPatient, { gradientPrivacy }, 9)).toBeLessThan(1e-4);
  });

  it.each(augmentations)("augments to the bit as core's createAugmenter does", async (model, augmentation) => {
    const plan = planOf(model, { kind: 'shuffle', size: count, epochs: 1 });
    const context = contextOf(plan);
    const data = dataOf(model, count);
    const order = context.random.fork('epoch', 0).permutation(count);
    const augment = createAugmenter(augmentation, model.inputShape, { key: context.random.key(), rounds: 8 }, 0);
    const features = data.features.slice();
    const size = features.length / count;
    order.forEach((row, place) => augment(features.subarray(row * size, (row + 1) * size), place));
    const start = weightsOf(model);
    const byHand = await trainer.train(start, { ...data, features }, context, notAborted);
    const own = await trainer.train(
      start,
      data,
      { ...context, plan: withTraining(plan, { augmentation }) },
      notAborted,
    );
    const plain = await trainer.train(start, data, context, notAborted);
    expect(own.payload.values).toEqual(byHand.payload.values);
    expect(own.payload.values).not.toEqual(plain.payload.values);
  });

  it('has the bits that it had, once it was asked for something else before', async () => {
    const plan = planOf(pictures, shuffled);
    const data = dataOf(pictures, count);
    const training = (changes: Partial<Training>) =>
      trainer.train(weightsOf(pictures), data, contextOf(withTraining(plan, changes)), notAborted);
    const before = await training({});
    await training({ objective: { classWeights: [1, 9, 2], labelSmoothing: 0.3 }, augmentation: { rotate: 30 } });
    const after = await training({});
    expect(after.payload.values).toEqual(before.payload.values);
    expect(after.applied).toEqual({});
  });

  it('chooses of a whole batch, also where it would go through in parts', async () => {
    // 1 MiB of activations an example: no more than 32 would go through at a time.
    const wide = spec(
      [8],
      [
        { type: 'dense', units: 2 ** 17 },
        { type: 'dense', units: 3 },
      ],
    );
    const small = withTraining(
      planOf(wide, { kind: 'shuffle', size: count, epochs: 1 }, { name: 'sgd', learningRate: 1e-3 }),
      {
        objective: { keepSmallest: { fraction: 0.5 } },
      },
    );
    const start = weightsOf(wide);
    const data = dataOf(wide, count);
    const { metrics } = await trainer.train(start, data, contextOf(small), notAborted);
    const outputs = await trainer.predict(wide, start, data);
    const losses = Array.from(data.labels, (label, i) => {
      const logits = [...outputs.subarray(3 * i, 3 * i + 3)].map((z) => Math.exp(z));
      return -Math.log(logits[label]! / (logits[0]! + logits[1]! + logits[2]!));
    }).sort((a, b) => a - b);
    const expected = losses.slice(0, count / 2).reduce((sum, loss) => sum + loss, 0) / (count / 2);
    expect(metrics['loss']).toBeCloseTo(expected, 4);
  });

  it('refuses to choose records where gradients are clipped', async () => {
    const plan = withTraining(planOf(softmax, poisson), { objective: { keepSmallest: { fraction: 0.5 } } });
    const training = trainer.train(
      weightsOf(softmax),
      dataOf(softmax, count),
      contextOf(plan, { gradientPrivacy }),
      notAborted,
    );
    await expect(training).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'training.objective.keepSmallest',
    });
  });
});
