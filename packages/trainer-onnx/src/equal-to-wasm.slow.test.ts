import { SecureNoise, type ClientContext } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { clipping, count, difference, poisson, shuffled } from './testing/beside-wasm.js';
import { asGraph, models, optimizers } from './testing/models.js';
import {
  contextOf,
  dataOf,
  notAborted,
  planOf,
  relativeError,
  weightsOf,
  type PlanOptions,
} from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

describe('after 50 steps it is where trainer-wasm is', () => {
  const [optimizer] = optimizers;
  it.each(Object.keys(models))('%s', async (name) => {
    expect(await difference(contextOf(planOf(models[name]!, shuffled, { optimizer })))).toBeLessThan(1e-4);
  });

  it.each(Object.keys(models).filter((name) => name !== 'cox'))('%s, clipped by example', async (name) => {
    const context = contextOf(planOf(models[name]!, poisson, { optimizer }), { gradientPrivacy: clipping() });
    expect(await difference(context)).toBeLessThan(1e-4);
  });

  const objectives: Readonly<Record<string, PlanOptions['training']>> = {
    'weights of classes': { objective: { classWeights: [0.5, 2] } },
    'label smoothing': { objective: { labelSmoothing: 0.2 } },
    'generalized cross-entropy': { objective: { generalizedCrossEntropy: { q: 0.6 } } },
    'small losses alone': { objective: { keepSmallest: { fraction: 0.6 }, classWeights: [1, 3] } },
  };
  it.each(Object.keys(objectives))('with %s', async (name) => {
    const { objective } = objectives[name]!;
    const classes = (n: number) => ({
      objective: { ...objective!, ...(objective!.classWeights && { classWeights: [0.5, 2, 1.5].slice(0, n) }) },
    });
    for (const [model, n] of [
      ['relu', 3],
      ['sigmoid cross-entropy', 2],
    ] as const)
      for (const gradientPrivacy of name === 'small losses alone' ? [undefined] : [undefined, clipping()]) {
        const batches = gradientPrivacy ? poisson : shuffled;
        const plan = planOf(models[model]!, batches, { optimizer, training: classes(n) });
        expect(await difference(contextOf(plan, gradientPrivacy ? { gradientPrivacy } : {}))).toBeLessThan(1e-4);
      }
  });

  it('with augmentation', async () => {
    const augmentation = { flip: 'horizontal', shift: 1, rotate: 20, contrast: 0.3 } as const;
    for (const gradientPrivacy of [undefined, clipping()]) {
      const plan = planOf(models['conv2d']!, gradientPrivacy ? poisson : shuffled, {
        optimizer,
        training: { augmentation },
      });
      expect(await difference(contextOf(plan, gradientPrivacy ? { gradientPrivacy } : {}))).toBeLessThan(1e-4);
    }
  });

  it('with simulated noise', async () => {
    for (const optimizer of optimizers)
      for (const name of ['dropout', 'conv2d']) {
        const plan = planOf(models[name]!, poisson, { optimizer });
        expect(await difference(contextOf(plan, { gradientPrivacy: clipping(1.3) }))).toBeLessThan(1e-4);
      }
  });

  it('with patients, whose masks and noise are the same', async () => {
    for (const name of ['dropout', 'conv1d']) {
      const plan = planOf(models[name]!, poisson, { optimizer, patients: true });
      expect(await difference(contextOf(plan, { gradientPrivacy: clipping(1.3) }), 9)).toBeLessThan(1e-4);
    }
  });

  it('with the clipped mean of shuffled batches and its noise', async () => {
    const gradientPrivacy = { clip: 'batch-mean', clipNorm: 0.3, noiseMultiplier: 1.3 } as const;
    const plan = planOf(models['dropout']!, shuffled, { optimizer });
    expect(await difference(contextOf(plan, { gradientPrivacy }))).toBeLessThan(1e-4);
  });

  it('with frozen tensors, a proximal term, a correction and private tensors', async () => {
    const model = models['conv1d']!;
    const { layout } = weightsOf(model);
    const wishes = {
      proximalMu: 0.3,
      frozen: [layout.tensors[1]!.name],
      correction: weightsOf(model, 'correction').values.map((x) => 0.05 * x),
      privateTensors: { [layout.tensors[2]!.name]: null },
    };
    expect(await difference(contextOf(planOf(model, shuffled, { optimizer: optimizers[1] }), { wishes }))).toBeLessThan(
      1e-4,
    );
    const clipped = contextOf(planOf(model, poisson, { optimizer }), { wishes, gradientPrivacy: clipping() });
    expect(await difference(clipped)).toBeLessThan(1e-4);
  });

  it('but for secret noise, which is never the same', async () => {
    const context = contextOf(planOf(models['relu']!, poisson), {
      gradientPrivacy: clipping(1.3),
      noise: new SecureNoise(),
    });
    const start = weightsOf(models['relu']!);
    const [one, other] = await Promise.all(
      [1, 2].map(() => onnxTrainer().train(start, dataOf(models['relu']!, count), context, notAborted)),
    );
    expect(relativeError(one!.payload.values, other!.payload.values)).toBeGreaterThan(1e-2);
  });
});

describe('a graph of operators', () => {
  const start = weightsOf(asGraph.layers);
  const trained = async (context: ClientContext) => {
    const payload = weightsOf(context.plan.model);
    payload.values.set(start.values);
    return onnxTrainer().train(payload, dataOf(asGraph.layers, count), context, notAborted);
  };

  it.each([undefined, clipping()])('trains as the layers do that it stands for (%o)', async (gradientPrivacy) => {
    const [layers, graph] = await Promise.all(
      [asGraph.layers, asGraph.graph].map((model) => {
        const plan = planOf(model, gradientPrivacy ? poisson : shuffled, { optimizer: optimizers[0] });
        return trained(contextOf(plan, gradientPrivacy ? { gradientPrivacy } : {}));
      }),
    );
    expect(graph!.payload.layout.tensors.map(({ name }) => name).slice(0, 2)).toEqual([
      '0.graph.kernel',
      '0.graph.bias',
    ]);
    expect(relativeError(layers!.payload.values, start.values)).toBeGreaterThan(0.01);
    expect(relativeError(graph!.payload.values, layers!.payload.values)).toBeLessThan(1e-5);
  });
});
