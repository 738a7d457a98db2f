import {
  createLayout,
  createParameters,
  layoutOf,
  parsePlan,
  PluginRegistry,
  type Parameters,
  type TrainingPlanInput,
} from '@fedward/core';
import { expect, it } from 'vitest';
import { myPluginTrainer, plugins } from './index.js';

const planWith = (changes: Partial<TrainingPlanInput> = {}) =>
  parsePlan({
    ...{ schemaVersion: 1, name: 'a line', seed: 1, rounds: 1, aggregator: { name: 'any' } },
    model: { inputShape: [1], layers: [{ type: 'dense', units: 1 }], loss: 'squared-error' },
    training: {
      trainer: 'my-plugin',
      batches: { kind: 'shuffle', size: 2, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.5 },
    },
    ...changes,
  });

it('takes plans for one dense layer and sgd, and refuses others by name', async () => {
  const trainer = await new PluginRegistry(plugins).create('trainer', { name: 'my-plugin', options: {} });
  expect(() => trainer.validate!(planWith())).not.toThrow();
  const { training } = planWith();
  const adam = planWith({ training: { ...training, optimizer: { name: 'adam', learningRate: 0.1 } } });
  const deep = planWith({
    model: {
      inputShape: [1],
      layers: [
        { type: 'dense', units: 2 },
        { type: 'dense', units: 1 },
      ],
      loss: 'squared-error',
    },
  });
  for (const [plan, subject] of [
    [adam, 'training.optimizer.name'],
    [deep, 'model.layers'],
  ] as const)
    expect(() => trainer.validate!(plan)).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject }));
});

it('predicts w x + b, and refuses tensors of another model', async () => {
  const { model } = planWith();
  const data = { count: 2, featureShape: [1], features: Float32Array.of(1, 2), labels: new Float32Array(2) };
  const predict = (parameters: Parameters) => myPluginTrainer().predict(model, parameters, data);
  expect(await predict(createParameters(layoutOf(model), Float32Array.of(3, 1)))).toEqual(Float32Array.of(4, 7));
  const other = createParameters(createLayout([{ name: 'w', shape: [2] }]));
  await expect(predict(other)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
});
