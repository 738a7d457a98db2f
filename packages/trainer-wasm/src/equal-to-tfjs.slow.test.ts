import { SecureNoise, type ClientContext, type LocalTrainer, type ModelSpec } from '@fedward/core';
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
  type LayerInput,
} from './testing/problems.js';

const tanh: LayerInput = { type: 'activation', function: 'tanh' };
const signals: LayerInput = { type: 'conv1d', filters: 4, kernelSize: 3 };
const images: LayerInput = { type: 'conv2d', filters: 5, kernelSize: [3, 2] };
const classifier = (inputShape: number[], ...layers: LayerInput[]): ModelSpec =>
  spec(inputShape, [...layers, { type: 'flatten' }, { type: 'dense', units: 3 }]);

const models: Record<string, ModelSpec> = {
  'dense, without a bias': classifier([7], { type: 'dense', units: 9, bias: false }, tanh),
  ...Object.fromEntries(
    (['relu', 'tanh', 'sigmoid', 'elu'] as const).map((name) => [
      name,
      classifier([7], { type: 'dense', units: 9 }, { type: 'activation', function: name }),
    ]),
  ),
  dropout: classifier([7], { type: 'dense', units: 9 }, tanh, { type: 'dropout', rate: 0.3 }),
  scale: classifier([7], { type: 'dense', units: 9 }, { type: 'scale', factor: 0.4 }, tanh),
  conv1d: classifier([12, 2], { ...signals, padding: 'same', stride: 2 }, tanh, { ...signals, filters: 2 }),
  conv2d: classifier([7, 6, 2], { ...images, padding: 'same' }, tanh, { ...images, stride: [2, 1], bias: false }),
  'max-pool1d': classifier([12, 2], signals, { type: 'max-pool1d', kernelSize: 3, stride: 2 }),
  'max-pool2d': classifier([7, 6, 1], images, { type: 'max-pool2d', kernelSize: [2, 3], stride: [1, 2] }),
  'average-pool1d': classifier([12, 2], signals, { type: 'average-pool1d', kernelSize: 3, stride: 2 }),
  'average-pool2d': classifier([7, 6, 1], images, { type: 'average-pool2d', kernelSize: [2, 3], stride: [1, 2] }),
  'group-norm': classifier([8, 3], { ...signals, bias: false }, { type: 'group-norm', groups: 2 }, tanh),
  'sigmoid cross-entropy': spec(
    [7],
    [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1 }],
    'sigmoid-cross-entropy',
  ),
  'squared error': spec([7], [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1 }], 'squared-error'),
  // No bias at the end: its gradient is 0 but for rounding, of which Adam makes whole steps.
  cox: spec([7], [{ type: 'dense', units: 6 }, tanh, { type: 'dense', units: 1, bias: false }], 'cox'),
};
const optimizers = [
  { name: 'sgd', learningRate: 0.1 },
  { name: 'momentum', learningRate: 0.03, momentum: 0.9 },
  { name: 'adam', learningRate: 0.01 },
] as const;

describe.each(builds)('after 50 steps the %s build is where trainer-tfjs is', (build) => {
  let trainer: LocalTrainer;
  beforeAll(async () => void (trainer = await trainerOn(build)));

  const count = 40;
  const difference = async (context: ClientContext, patients = 0): Promise<number> => {
    const { model } = context.plan;
    const data = dataOf(model, count, 'data', patients);
    const [own, other] = await Promise.all(
      [trainer, tfjsTrainer()].map((one) => one.train(weightsOf(model), data, context, notAborted)),
    );
    expect(own!.steps).toBe(50);
    expect(own!.applied).toEqual(other!.applied);
    expect(own!.metrics['loss']).toBeCloseTo(other!.metrics['loss']!, 3);
    expect(relativeError(other!.payload.values, weightsOf(model).values)).toBeGreaterThan(0.01); // something happened
    return relativeError(own!.payload.values, other!.payload.values);
  };
  const shuffled = { kind: 'shuffle', size: 8, epochs: 10 } as const;
  const poisson = { kind: 'poisson', probability: 0.2, steps: 50, expectedSize: 8 } as const;

  describe.each(optimizers)('$name', (optimizer) => {
    it.each(Object.keys(models))('%s', async (name) => {
      expect(await difference(contextOf(planOf(models[name]!, shuffled, optimizer)))).toBeLessThan(1e-4);
      if (name === 'cox') return;
      const gradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 0 } as const;
      const clipped = contextOf(planOf(models[name]!, poisson, optimizer), { gradientPrivacy });
      expect(await difference(clipped)).toBeLessThan(1e-4);
    });
  });

  it('with simulated noise', async () => {
    const gradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.3 } as const;
    for (const optimizer of optimizers)
      for (const name of ['dropout', 'conv2d'])
        expect(
          await difference(contextOf(planOf(models[name]!, poisson, optimizer), { gradientPrivacy })),
        ).toBeLessThan(1e-4);
  });

  it('with patients, whose masks and noise are the same', async () => {
    const gradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.3 } as const;
    for (const name of ['dropout', 'conv1d'])
      expect(
        await difference(contextOf(planOf(models[name]!, poisson, optimizers[0], true), { gradientPrivacy }), 9),
      ).toBeLessThan(1e-4);
  });

  it('with the clipped mean of shuffled batches and its noise', async () => {
    const gradientPrivacy = { clip: 'batch-mean', clipNorm: 0.3, noiseMultiplier: 1.3 } as const;
    expect(
      await difference(contextOf(planOf(models['dropout']!, shuffled, optimizers[0]), { gradientPrivacy })),
    ).toBeLessThan(1e-4);
  });

  it('with frozen tensors, a proximal term, a correction and private tensors', async () => {
    const model = models['conv1d']!;
    const { layout } = weightsOf(model);
    const context = contextOf(planOf(model, shuffled, optimizers[1]), {
      wishes: {
        proximalMu: 0.3,
        frozen: [layout.tensors[1]!.name],
        correction: weightsOf(model, 'correction').values.map((x) => 0.05 * x),
        privateTensors: { [layout.tensors[2]!.name]: null },
      },
    });
    expect(await difference(context)).toBeLessThan(1e-4);
  });

  it('but for secret noise, which is never the same', async () => {
    const gradientPrivacy = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 1.3 } as const;
    const context = contextOf(planOf(models['relu']!, poisson, optimizers[0]), {
      gradientPrivacy,
      noise: new SecureNoise(),
    });
    const start = weightsOf(models['relu']!);
    const [one, other] = await Promise.all(
      [1, 2].map(() => trainer.train(start, dataOf(models['relu']!, count), context, notAborted)),
    );
    expect(relativeError(one!.payload.values, other!.payload.values)).toBeGreaterThan(1e-2);
  });
});
