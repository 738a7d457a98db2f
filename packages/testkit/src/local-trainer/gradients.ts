import assert from 'node:assert/strict';
import type { ModelSpec, OptimizerSpec, TrainingData } from '@fedward/core';
import { createOptimizer } from '../reference/optimizer.js';
import { assertAllClose } from '../support/assertions.js';
import type { Checks } from '../suite.js';
import {
  blobs,
  fullBatch,
  gradientSum,
  linear,
  movement,
  planFor,
  sgd,
  spec,
  startOf,
  train,
  twoLayers,
  type Create,
} from './problems.js';

export const float32Steps = { relative: 1e-4, absolute: 1e-5 };

/** Steps on the whole of the data, against the same steps in float64. */
export function gradientChecks(create: Create): Checks {
  const expectedAfter = (
    model: ModelSpec,
    data: TrainingData,
    optimizer: OptimizerSpec,
    steps: number,
    proximalMu = 0,
  ): Float64Array => {
    const start = Float64Array.from(startOf(model).values);
    const weights = start.slice();
    const optimize = createOptimizer(optimizer, weights.length);
    for (let step = 0; step < steps; step++) {
      const { sum } = gradientSum(model, weights, data);
      optimize(
        weights,
        sum.map((g, i) => g / data.count + proximalMu * (weights[i]! - start[i]!)),
      );
    }
    return weights;
  };

  const agrees = async (
    model: ModelSpec,
    data: TrainingData,
    optimizer: OptimizerSpec = { name: 'sgd', learningRate: 0.5 },
    steps = 1,
    proximalMu?: number,
  ): Promise<void> => {
    const wishes = proximalMu === undefined ? {} : { proximalMu };
    const plan = planFor(model, fullBatch(data.count, steps), optimizer);
    const { payload } = await train(create(), plan, startOf(model), data, { wishes });
    const expected = expectedAfter(model, data, optimizer, steps, proximalMu);
    assertAllClose(
      payload.values,
      expected,
      `the weights after ${steps} full-batch steps of ${optimizer.name}`,
      float32Steps,
    );
  };

  const one = (loss: ModelSpec['loss']): ModelSpec =>
    spec({ inputShape: [4], layers: [{ type: 'dense', units: 1 }], loss });

  return {
    'one step follows the gradient of the softmax cross-entropy': () => agrees(linear(4, 3), blobs(9, 4, 3)),

    'one step follows the gradient of the sigmoid cross-entropy': () =>
      agrees(one('sigmoid-cross-entropy'), blobs(9, 4)),

    'one step follows the gradient of half the squared error'() {
      const data = blobs(9, 4);
      return agrees(one('squared-error'), { ...data, labels: data.labels.map((y, i) => 0.3 * i - y) });
    },

    'one step follows the gradient through several layers'() {
      return agrees(twoLayers(4), blobs(9, 4, 3));
    },

    async 'every activation has its own derivative'() {
      for (const name of ['relu', 'tanh', 'sigmoid', 'elu'] as const) {
        const model = spec({
          inputShape: [4],
          layers: [
            { type: 'dense', units: 5 },
            { type: 'activation', function: name },
            { type: 'dense', units: 2 },
          ],
          loss: 'softmax-cross-entropy',
        });
        await agrees(model, blobs(9, 4));
      }
    },

    'a dense layer without a bias has none': () => agrees(linear(4, 3, false), blobs(9, 4, 3)),

    'several steps of SGD follow the gradient': () => agrees(linear(4, 3), blobs(9, 4, 3), undefined, 4),

    'momentum adds the earlier gradients'() {
      return agrees(linear(4, 3), blobs(9, 4, 3), { name: 'momentum', learningRate: 0.2, momentum: 0.8 }, 4);
    },

    'Adam corrects its bias'() {
      const adam = { name: 'adam', learningRate: 0.05, beta1: 0.85, beta2: 0.95, epsilon: 1e-6 } as const;
      return agrees(linear(4, 3), blobs(9, 4, 3), adam, 4);
    },

    'the proximal term pulls by mu times the distance from the start'() {
      return agrees(linear(4, 3), blobs(9, 4, 3), { name: 'sgd', learningRate: 0.3 }, 4, 1.5);
    },

    async 'a large proximal mu keeps the weights near the start'() {
      const [model, data] = [linear(4, 3), blobs(30, 4, 3)];
      const plan = planFor(model, { kind: 'shuffle', size: 5, epochs: 20 }, sgd(0.01));
      const start = startOf(model);
      const free = movement(await train(create(), plan, start, data), start);
      const held = movement(await train(create(), plan, start, data, { wishes: { proximalMu: 50 } }), start);
      const [far, near] = [Math.hypot(...free), Math.hypot(...held)];
      assert.ok(near < far / 5, `without it the weights moved by ${far}, with mu = 50 by ${near}`);
    },

    async 'training learns what can be told apart'() {
      const [model, data] = [linear(5, 3), blobs(90, 5, 3)];
      const trainer = create();
      const start = startOf(model);
      const plan = planFor(model, { kind: 'shuffle', size: 8, epochs: 20 }, sgd(0.3));
      const { payload, metrics } = await train(trainer, plan, start, data);
      const [before, after] = [start, payload].map(({ values }) => gradientSum(model, values, data).loss);
      assert.ok(after! < before! / 4, `the loss was ${before} before training and ${after} after it`);
      assert.ok(Number.isFinite(metrics['loss']) && metrics['loss']! < before!, `metrics.loss is ${metrics['loss']}`);
      const outputs = await trainer.predict(model, payload, data);
      let right = 0;
      for (let row = 0; row < data.count; row++) {
        const scores = [...outputs.subarray(row * 3, row * 3 + 3)];
        if (scores.indexOf(Math.max(...scores)) === data.labels[row]) right++;
      }
      assert.ok(right >= 0.95 * data.count, `${right} of ${data.count} training examples are told right`);
    },
  };
}
