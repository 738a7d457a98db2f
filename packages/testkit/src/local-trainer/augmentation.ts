import assert from 'node:assert/strict';
import { Random, type ModelSpec, type NoiseSource, type TrainingData, type TrainingPlanInput } from '@fedward/core';
import { referenceTrainer } from '../reference/trainer.js';
import { assertAllClose, assertDiffers, assertSame, watch } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import { float32Steps } from './gradients.js';
import { planFor, poisson, sgd, spec, startOf, train, type Batches, type Create, type Runs } from './problems.js';

type Augmentation = NonNullable<TrainingPlanInput['training']['augmentation']>;

/** What is done to examples while training: see `augmentationSchema` in core. */
export function augmentationChecks(create: Create, runs: Runs): Checks {
  const pictures = flat([5, 4, 2]);
  const signals = flat([9, 2]);
  const planWith = (model: ModelSpec, augmentation: Augmentation, batches: Batches, patients = false) => {
    const { training } = planFor(model, batches, sgd(0.3));
    const privacy: TrainingPlanInput['privacy'] = {
      mechanisms: [{ name: 'compliance' }],
      ...{ accountant: 'compliance', delta: 1e-5, unit: 'patient' },
    };
    const overrides = { training: { ...training, augmentation }, ...(patients && { privacy }) };
    return planFor(model, batches, sgd(0.3), overrides);
  };
  const shuffled: Batches = { kind: 'shuffle', size: 6, epochs: 2 };
  const all: Augmentation = { flip: 'horizontal', shift: 2, rotate: 25, contrast: 0.4 };
  const gradientPrivacy = { clip: 'per-example', clipNorm: 0.7, noiseMultiplier: 0 } as const;
  const known = () => ({ random: new Random('augmentation') });

  const agrees = async (model: ModelSpec, augmentation: Augmentation): Promise<void> => {
    const [start, data] = [startOf(model, 0.2), dataOf(model)];
    const plan = planWith(model, augmentation, shuffled);
    const expected = await train(referenceTrainer(), plan, start, data, known());
    const found = await train(create(), plan, start, data, known());
    const what = `the weights under ${JSON.stringify(augmentation)}`;
    assertAllClose(found.payload.values, expected.payload.values, what, float32Steps);
    const plain = await train(create(), planFor(model, shuffled, sgd(0.3)), start, data, known());
    assertDiffers(found.payload.values, plain.payload.values, 'augmentation has changed nothing');
  };

  return {
    async 'each example is augmented by the words of its step and place'() {
      for (const augmentation of [{ flip: 'horizontal' }, { shift: 1 }, { rotate: 90 }, { contrast: 1 }, all] as const)
        await agrees(pictures, augmentation);
      for (const augmentation of [{ shift: 3 }, { contrast: 0.5 }]) await agrees(signals, augmentation);
    },

    async 'each example is augmented by itself, and then clipped'() {
      const data = { ...dataOf(pictures), patientIds: Array.from({ length: 14 }, (_, row) => `patient ${row % 4}`) };
      const start = startOf(pictures, 0.2);
      for (const patients of [false, true]) {
        const plan = planWith(pictures, all, poisson(0.6, 8, 4), patients);
        const training = (of: Create) => train(of(), plan, start, data, { ...known(), gradientPrivacy });
        const [expected, found] = [await training(referenceTrainer), await training(create)];
        assertAllClose(found.payload.values, expected.payload.values, 'the weights', float32Steps);
      }
    },

    async 'augmentation leaves the data as they were, and is told'() {
      const data = dataOf(pictures);
      const unchanged = watch('the data', data);
      const { applied } = await train(create(), planWith(pictures, all, shuffled), startOf(pictures), data);
      unchanged();
      assertSame(applied?.augmentation && { ...all, ...applied.augmentation }, all, 'what was applied');
      assert.equal(Object.keys(applied!.augmentation!).length, 4, 'more was told than was asked for');
      const empty = await train(
        create(),
        planWith(pictures, { shift: 1 }, poisson(1e-9, 5, 2)),
        startOf(pictures),
        data,
      );
      assertSame(empty.applied?.augmentation, { shift: 1 }, 'what was applied to empty batches');
      const plain = await train(create(), planFor(pictures, shuffled), startOf(pictures), data);
      assert.equal(plain.applied?.augmentation, undefined, 'an augmentation that the plan does not have');
    },

    async 'what is drawn for augmentation is as secret as the noise'() {
      if (!runs(planFor(pictures, poisson(1, 8)))) return;
      const moved = async (secret: string): Promise<Float32Array> => {
        const draws = new Random(secret);
        const noise: NoiseSource = {
          simulationOnly: false,
          uniform: () => draws.uniform(),
          addGaussian: () => undefined,
        };
        const plan = planWith(pictures, all, poisson(1, 8));
        const { payload } = await train(create(), plan, startOf(pictures), dataOf(pictures), {
          ...known(),
          noise,
          gradientPrivacy: { ...gradientPrivacy, noiseMultiplier: 1 },
        });
        return payload.values.slice();
      };
      assertDiffers(await moved('one'), await moved('other'), 'the draws do not depend on the secret source');
    },
  };
}

/** Softmax regression on values of this shape. */
const flat = (inputShape: number[]): ModelSpec =>
  spec({
    inputShape,
    layers: [{ type: 'flatten' }, { type: 'dense', units: 2 }],
    loss: 'softmax-cross-entropy',
  });

function dataOf({ inputShape }: ModelSpec): TrainingData {
  const random = new Random('augmented');
  const size = inputShape.reduce((product, n) => product * n, 1);
  const count = 14;
  return {
    count,
    featureShape: inputShape,
    features: Float32Array.from({ length: count * size }, () => random.normal()),
    labels: Float32Array.from({ length: count }, (_, i) => i % 2),
  };
}
