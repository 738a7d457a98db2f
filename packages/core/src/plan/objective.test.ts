import { describe, expect, it } from 'vitest';
import { createLayout } from '../parameters/parameters.js';
import { examplePlan, examplePlanInput } from '../testing/plan.js';
import { frozenTensors } from '../training/frozen.js';
import { assertPlanProvided } from '../training/provided.js';
import { parsePlan, planHash, type TrainingPlanInput } from './plan.js';

type Training = TrainingPlanInput['training'];
const { training } = examplePlanInput;
const withTraining = (changes: Partial<Training>, model = examplePlanInput.model) => ({
  ...examplePlanInput,
  model,
  training: { ...training, ...changes },
});
const one = (loss: 'sigmoid-cross-entropy' | 'squared-error' | 'cox'): TrainingPlanInput['model'] => ({
  inputShape: [3],
  layers: [{ type: 'dense', units: 1 }],
  loss,
});
const flat = (inputShape: number[]): TrainingPlanInput['model'] => ({
  inputShape,
  layers: [...(inputShape.length > 1 ? [{ type: 'flatten' as const }] : []), { type: 'dense', units: 2 }],
  loss: 'softmax-cross-entropy',
});
/** Of the example plan, before there were objectives: see plan.test.ts. */
const knownHash = 'sha256:de16d1c353ad97550566435bfe7d24f7e6e5499601bb1fa00f6ff130a5454691';
const refused = (code: string, subject: string, value: unknown) =>
  expect(() => parsePlan(value)).toThrow(expect.objectContaining({ code, subject }));

describe('training.objective', () => {
  it('is as it was written, and absent where it was', () => {
    const objective = { classWeights: [1, 2.5], labelSmoothing: 0.1, keepSmallest: { fraction: 0.5 } };
    expect(parsePlan(withTraining({ objective })).training.objective).toEqual(objective);
    for (const key of ['objective', 'augmentation', 'frozen'])
      expect(parsePlan(examplePlanInput).training).not.toHaveProperty(key);
  });

  it('leaves the hash of plans without it as it was, and changes that of others', () => {
    expect(planHash(examplePlan())).toBe(knownHash);
    const hashes = [
      withTraining({ objective: { labelSmoothing: 0.1 } }),
      withTraining({ objective: { labelSmoothing: 0.2 } }),
      withTraining({ objective: { classWeights: [1, 1] } }),
      withTraining({ frozen: [0] }),
    ].map((plan) => planHash(parsePlan(plan)));
    expect(new Set([...hashes, knownHash]).size).toBe(5);
  });

  it.each<[string, NonNullable<Training['objective']>]>([
    ['training.objective', {}],
    ['training.objective.classWeights.1', { classWeights: [1, 0] }],
    ['training.objective.classWeights.0', { classWeights: [-1, 2] }],
    ['training.objective.classWeights.0', { classWeights: [1e-40, 2] }],
    ['training.objective.classWeights', { classWeights: [1] }],
    ['training.objective.labelSmoothing', { labelSmoothing: 1 }],
    ['training.objective.labelSmoothing', { labelSmoothing: -0.1 }],
    ['training.objective.labelSmoothing', { labelSmoothing: 0.1, generalizedCrossEntropy: { q: 0.7 } }],
    ['training.objective.generalizedCrossEntropy.q', { generalizedCrossEntropy: { q: 0 } }],
    ['training.objective.generalizedCrossEntropy.q', { generalizedCrossEntropy: { q: 1.1 } }],
    ['training.objective.keepSmallest.fraction', { keepSmallest: { fraction: 0 } }],
    ['training.objective.keepSmallest.warmUpRounds', { keepSmallest: { fraction: 0.5, warmUpRounds: 0.5 } }],
    ['training.objective.focal', { focal: 2 } as never],
  ])('is refused by its key: %s %j', (key, objective) => {
    refused('CONFIG_INVALID', key, withTraining({ objective }));
  });

  it('is for cross-entropies, with a weight for each class', () => {
    const sigmoid = one('sigmoid-cross-entropy');
    expect(parsePlan(withTraining({ objective: { classWeights: [1, 9] } }, sigmoid)).training.objective).toBeDefined();
    for (const loss of ['squared-error', 'cox'] as const)
      refused(
        'CONFIG_INCOMPATIBLE',
        'training.objective',
        withTraining({ objective: { labelSmoothing: 0.1 } }, one(loss)),
      );
    for (const model of [sigmoid, examplePlanInput.model])
      refused(
        'CONFIG_INCOMPATIBLE',
        'training.objective.classWeights',
        withTraining({ objective: { classWeights: [1, 2, 3] } }, model),
      );
  });
});

describe('training.augmentation', () => {
  it.each<[number[], NonNullable<Training['augmentation']>, string | undefined]>([
    [[8, 8, 1], { flip: 'horizontal', shift: 2, rotate: 10, contrast: 0.2 }, undefined],
    [[8, 2], { shift: 2, contrast: 0.2 }, undefined],
    [[8, 2], { shift: 2, flip: 'horizontal' }, 'training.augmentation.flip'],
    [[8, 2], { rotate: 5 }, 'training.augmentation.rotate'],
    [[8], { shift: 1 }, 'training.augmentation.shift'],
    [[8], { contrast: 0.1 }, 'training.augmentation.contrast'],
  ])('of examples of shape [%s]: %j', (inputShape, augmentation, key) => {
    const plan = withTraining({ augmentation }, flat(inputShape));
    if (key) refused('CONFIG_INCOMPATIBLE', key, plan);
    else expect(parsePlan(plan).training.augmentation).toEqual(augmentation);
  });

  it.each([{}, { shift: 0 }, { shift: 1.5 }, { rotate: 181 }, { contrast: 2 }, { flip: 'vertical' }])(
    'is refused: %j',
    (augmentation) => {
      const plan = withTraining({ augmentation: augmentation as never }, flat([8, 8, 1]));
      expect(() => parsePlan(plan)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});

describe('training.frozen', () => {
  const layout = createLayout(
    ['0.dense.kernel', '0.dense.bias', '10.dense.kernel'].map((name) => ({ name, shape: [2] })),
  );

  it('names tensors, or layers by their position, in the order of the layout', () => {
    expect(frozenTensors(undefined, layout)).toEqual([]);
    expect(frozenTensors([0], layout)).toEqual(['0.dense.kernel', '0.dense.bias']);
    expect(frozenTensors(['10.dense.kernel', '0.dense.bias'], layout)).toEqual(['0.dense.bias', '10.dense.kernel']);
  });

  it.each([[['0.dense']], [[1]], [['0']], [[0, 10]]])('refuses %j', (frozen) => {
    expect(() => frozenTensors(frozen, layout)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'training.frozen' }),
    );
  });

  it.each([[[]], [[-1]], [['']], [0]])('is refused as %j', (frozen) => {
    expect(() => parsePlan(withTraining({ frozen: frozen as never }))).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('assertPlanProvided', () => {
  it.each<[Partial<Training>, string, string]>([
    [{ objective: { classWeights: [1, 2] } }, 'class-weights', 'training.objective.classWeights'],
    [{ objective: { labelSmoothing: 0 } }, 'label-smoothing', 'training.objective.labelSmoothing'],
    [
      { objective: { generalizedCrossEntropy: { q: 1 } } },
      'generalized-cross-entropy',
      'training.objective.generalizedCrossEntropy',
    ],
    [{ objective: { keepSmallest: { fraction: 1 } } }, 'small-loss-selection', 'training.objective.keepSmallest'],
    [{ frozen: ['0.dense.bias'] }, 'frozen-tensors', 'training.frozen'],
  ])('of %j asks for %s', (changes, capability, key) => {
    const plan = parsePlan(withTraining(changes));
    expect(() => assertPlanProvided({ name: 'bare' }, plan)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: key }),
    );
    expect(() => assertPlanProvided({ name: 'able', provides: [capability] }, plan)).not.toThrow();
  });

  it('asks for augmentation, and for nothing of a plan without these', () => {
    const plan = parsePlan(withTraining({ augmentation: { shift: 1 } }, flat([4, 4, 1])));
    expect(() => assertPlanProvided({ name: 'bare' }, plan)).toThrow('augmentation');
    expect(() => assertPlanProvided({ name: 'bare' }, examplePlan())).not.toThrow();
  });
});
