import { describe, expect, it } from 'vitest';
import type { ClientContext, TrainingData } from '../interfaces/trainer.js';
import type { GradientPrivacy } from '../interfaces/gradient-privacy.js';
import type { LossName } from '../model/spec.js';
import { createLayout, createParameters } from '../parameters/parameters.js';
import { examplePlan } from '../testing/plan.js';
import {
  assertNotAborted,
  assertFeatures,
  assertGradientPrivacy,
  assertLabels,
  assertLayout,
  assertTrainingData,
} from './index.js';
import { exampleSize, patientsOf, stepsOf } from './index.js';

const refusal = (code: string, subject?: string) => expect.objectContaining({ code, ...(subject && { subject }) });
const data: TrainingData = {
  count: 2,
  featureShape: [3, 2],
  features: new Float32Array(12),
  labels: new Float32Array(2),
};

describe('checks of data', () => {
  it('take data that fit, and evaluate without labels', () => {
    expect(exampleSize(data)).toBe(6);
    expect(() => assertTrainingData(data, [3, 2])).not.toThrow();
    expect(() => assertFeatures({ ...data, labels: new Float32Array() }, [3, 2])).not.toThrow();
  });

  it('refuse another shape, another number of values, and what is not finite', () => {
    const check =
      (change: Partial<TrainingData>, shape = [3, 2]) =>
      () =>
        assertTrainingData({ ...data, ...change }, shape);
    for (const shape of [[6], [2, 3], [3, 2, 1], [3]])
      expect(check({}, shape)).toThrow(refusal('DATA_MALFORMED', 'featureShape'));
    expect(check({ features: new Float32Array(11) })).toThrow(refusal('DATA_MALFORMED', 'features'));
    expect(check({ labels: new Float32Array(3) })).toThrow(refusal('DATA_MALFORMED', 'labels'));
    expect(check({ count: 0 })).toThrow(refusal('DATA_EMPTY'));
    expect(check({ features: data.features.with(7, Infinity) })).toThrow(/row 1 /);
  });
});

describe('assertLabels', () => {
  it.each<[LossName, number[], number[]]>([
    ['softmax-cross-entropy', [0, 1, 2], [-1, 3, 0.5, NaN]],
    ['sigmoid-cross-entropy', [0, 1], [2, -1, 0.5, NaN]],
    ['squared-error', [0, -3.5, 1e30], [NaN, Infinity]],
    ['cox', [1, -1, 0.01, -30], [0, -0, NaN, -Infinity]],
  ])('knows what %s has a meaning for', (loss, good, bad) => {
    expect(() => assertLabels(loss, Float32Array.from(good), 3)).not.toThrow();
    for (const label of bad)
      expect(() => assertLabels(loss, Float32Array.of(good[0]!, label), 3)).toThrow(
        expect.objectContaining({ code: 'LABEL_INVALID', message: expect.stringMatching(/row 1 must/) }),
      );
  });
});

describe('assertLayout', () => {
  const tensors = [
    { name: 'kernel', shape: [3, 2] },
    { name: 'bias', shape: [2] },
  ];
  const check = (list: typeof tensors) => () =>
    assertLayout(createParameters(createLayout(list)), createLayout(tensors));

  it('takes the layout, and names the tensor at which another differs', () => {
    expect(check(structuredClone(tensors))).not.toThrow();
    expect(check([...tensors, { name: 'control', shape: [1] }])).toThrow(refusal('CONFIG_INCOMPATIBLE', 'control'));
    expect(check(tensors.slice(0, 1))).toThrow(refusal('CONFIG_INCOMPATIBLE', 'bias'));
    expect(check(tensors.toReversed())).toThrow(refusal('CONFIG_INCOMPATIBLE', 'kernel'));
    expect(check([{ name: 'kernel', shape: [2, 3] }, tensors[1]!])).toThrow(refusal('CONFIG_INCOMPATIBLE', 'kernel'));
  });

  it('refuses a model without parameters, and values of another length', () => {
    const empty = createLayout([]);
    expect(() => assertLayout({ layout: empty, values: new Float32Array() }, empty)).toThrow(/no parameters/);
    const layout = createLayout(tensors);
    expect(() => assertLayout({ layout, values: new Float32Array(7) }, layout)).toThrow(/8 values, it has 7/);
  });
});

describe('assertGradientPrivacy', () => {
  const shuffle = { kind: 'shuffle', size: 4, epochs: 1 } as const;
  const poisson = { kind: 'poisson', probability: 0.5, steps: 1, expectedSize: 4 } as const;
  const check = (
    clip: GradientPrivacy['clip'] | undefined,
    batches: typeof shuffle | typeof poisson,
    loss: LossName,
  ) => {
    const plan = examplePlan();
    const own = { training: { ...plan.training, batches }, model: { ...plan.model, loss } };
    return () => assertGradientPrivacy(clip && { clip, clipNorm: 1, noiseMultiplier: 1 }, own);
  };

  it('wants the batches that the clipping is for', () => {
    for (const loss of ['squared-error', 'softmax-cross-entropy'] as const) {
      expect(check('per-example', poisson, loss)).not.toThrow();
      expect(check('batch-mean', shuffle, loss)).not.toThrow();
      expect(check('per-example', shuffle, loss)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.batches.kind'));
      expect(check('batch-mean', poisson, loss)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.batches.kind'));
    }
  });

  it('refuses to clip examples of a loss that is no sum over them', () => {
    expect(check('per-example', poisson, 'cox')).toThrow(refusal('CONFIG_INCOMPATIBLE', 'model.loss'));
    expect(check('batch-mean', shuffle, 'cox')).not.toThrow();
    expect(check(undefined, poisson, 'cox')).not.toThrow();
  });
});

describe('assertGradientPrivacy, of numbers', () => {
  const batches = { kind: 'poisson', probability: 0.5, steps: 1, expectedSize: 4 } as const;
  const plan = examplePlan();
  const own = { ...plan, training: { ...plan.training, batches } };
  const check = (clipNorm: number, noiseMultiplier: number) => () =>
    assertGradientPrivacy({ clip: 'per-example', clipNorm, noiseMultiplier }, own);

  it('takes those that float32 holds to', () => {
    for (const clipNorm of [1e-30, 0.5, 1e30]) expect(check(clipNorm, 0)).not.toThrow();
    for (const noiseMultiplier of [0, 1e-20, 1, 1e20]) expect(check(1, noiseMultiplier)).not.toThrow();
  });

  it('refuses clip norms that float32 would exceed, and noise that it would round to nothing or to infinity', () => {
    for (const clipNorm of [1e-45, 1e-38, 1e-35, 1e35, 1e39, 0, -1, NaN, Infinity])
      expect(check(clipNorm, 1)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'clipNorm'));
    for (const [clipNorm, noiseMultiplier] of [
      [1, 1e-40],
      [1, 1e40],
      [1e-20, 1e-20],
      [1e-30, 1],
      [1e20, 1e20],
      [1, -1],
      [1, NaN],
    ] as const)
      expect(check(clipNorm, noiseMultiplier)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'noiseMultiplier'));
  });
});

describe('stepsOf', () => {
  it('counts the steps of a round', () => {
    expect(stepsOf({ kind: 'shuffle', size: 4, epochs: 3 }, 9)).toBe(9);
    expect(stepsOf({ kind: 'shuffle', size: 2 ** 31 - 1, epochs: 3 }, 9)).toBe(3);
    expect(stepsOf({ kind: 'poisson', probability: 0.1, steps: 7, expectedSize: 1 }, 9)).toBe(7);
  });

  it('refuses more than have draws of their own', () => {
    const epochs = { kind: 'shuffle', size: 1, epochs: 2 ** 31 - 1 } as const;
    expect(() => stepsOf(epochs, 2)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.batches.epochs'));
    const steps = { kind: 'poisson', probability: 0.1, steps: 2 ** 32, expectedSize: 1 } as const;
    expect(() => stepsOf(steps, 2)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'training.batches.steps'));
  });
});

describe('patientsOf', () => {
  const patientIds = ['b', 'a', 'b', 'c', 'a'];
  const records = { ...data, count: 5, patientIds };
  const gradientPrivacy: GradientPrivacy = { clip: 'per-example', clipNorm: 1, noiseMultiplier: 1 };
  const plan = (unit: 'patient' | 'record') =>
    examplePlan({ privacy: { mechanisms: [{ name: 'x' }], accountant: 'x', delta: 1e-5, unit } });
  const of = (own: TrainingData, context: Partial<ClientContext> = {}) =>
    patientsOf(own, { plan: plan('patient'), gradientPrivacy, ...context });

  it('numbers patients by their first records, where they are what is protected', () => {
    expect(of(records)).toEqual(Uint32Array.of(0, 1, 0, 2, 1));
    expect(of(records, { plan: plan('record') })).toBeUndefined();
    expect(patientsOf(records, { plan: plan('patient') })).toBeUndefined();
  });

  it('refuses where that can not be done', () => {
    expect(() => of(data)).toThrow(refusal('CONFIG_INCOMPATIBLE', 'privacy.unit'));
    expect(() => of({ ...records, patientIds: ['a'] })).toThrow(refusal('DATA_MALFORMED', 'patientIds'));
    const mean = { ...gradientPrivacy, clip: 'batch-mean' as const };
    expect(() => of(records, { gradientPrivacy: mean })).toThrow(refusal('CONFIG_INCOMPATIBLE', 'privacy.unit'));
  });
});

describe('assertNotAborted', () => {
  it('throws once the signal has fired, with its reason for cause', () => {
    const controller = new AbortController();
    expect(() => assertNotAborted(controller.signal)).not.toThrow();
    controller.abort('enough');
    expect(() => assertNotAborted(controller.signal)).toThrow(
      expect.objectContaining({ code: 'ABORTED', cause: 'enough' }),
    );
  });
});
