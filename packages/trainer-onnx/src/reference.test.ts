import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createParameters, layoutOf, modelSpecSchema, type ModelSpec, type TrainingData } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { clippedSum } from './testing/clipped-sum.js';
import { contextOf, notAborted, planOf, relativeError } from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

const tolerance = 1e-5;
type Nested = number | readonly Nested[];
type Tensors = Readonly<Record<string, Nested>>;

interface Reference {
  readonly inputs: Nested | { readonly tensorflow: Nested };
  readonly labels: readonly number[];
  readonly weights: { readonly tensorflow: Tensors };
  readonly clip_norm: number;
  readonly logits: Nested;
  readonly per_example_loss: readonly number[];
  readonly per_example_grad_norm: readonly number[];
  readonly per_example_clip_factor_flat: readonly number[];
  readonly gradients: {
    readonly tensorflow: {
      readonly clipped_sum_flat: Tensors;
      readonly unclipped_mean_gradient: Tensors;
    };
  };
}

const flat = (nested: Nested): number[] => (typeof nested === 'number' ? [nested] : nested.flatMap(flat));
const inOrder = (tensors: Tensors): number[] => Object.values(tensors).flatMap(flat);

const relu = { type: 'activation', function: 'relu' } as const;
const models: Record<string, ModelSpec> = {
  mlp: modelSpecSchema.parse({
    inputShape: [10],
    layers: [{ type: 'dense', units: 8 }, relu, { type: 'dense', units: 6 }, relu, { type: 'dense', units: 2 }],
    loss: 'softmax-cross-entropy',
  }),
  cnn: modelSpecSchema.parse({
    inputShape: [8, 8, 1],
    layers: [
      { type: 'conv2d', filters: 3, kernelSize: [3, 3], padding: 'same' },
      relu,
      { type: 'max-pool2d', kernelSize: [2, 2], stride: [2, 2] },
      { type: 'conv2d', filters: 4, kernelSize: [3, 3] },
      relu,
      { type: 'flatten' },
      { type: 'dense', units: 2 },
    ],
    loss: 'softmax-cross-entropy',
  }),
  cnn1d: modelSpecSchema.parse({
    inputShape: [16, 1],
    layers: [
      { type: 'conv1d', filters: 3, kernelSize: 3, padding: 'same' },
      relu,
      { type: 'max-pool1d', kernelSize: 2, stride: 2 },
      { type: 'conv1d', filters: 4, kernelSize: 3 },
      relu,
      { type: 'flatten' },
      { type: 'dense', units: 2 },
    ],
    loss: 'softmax-cross-entropy',
  }),
};

const folder = process.env['FEDWARD_DATA'];

describe.skipIf(!folder)('one step of DP-SGD against PyTorch in float64 (needs FEDWARD_DATA)', () => {
  for (const [name, spec] of Object.entries(models))
    describe(name, () => {
      const read = () => {
        const path = join(folder!, '..', 'reference', 'dp', `dpsgd_${name}_step.json`);
        const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;
        const inputs =
          'tensorflow' in Object(reference.inputs) ? Object(reference.inputs).tensorflow : reference.inputs;
        const data: TrainingData = {
          count: reference.labels.length,
          featureShape: spec.inputShape,
          features: Float32Array.from(flat(inputs as Nested)),
          labels: Float32Array.from(reference.labels),
        };
        const weights = Float32Array.from(inOrder(reference.weights.tensorflow));
        return { reference, data, parameters: createParameters(layoutOf(spec), weights) };
      };

      it('has the same logits', async () => {
        const { reference, data, parameters } = read();
        const logits = await onnxTrainer().predict(spec, parameters, data);
        expect(relativeError(logits, flat(reference.logits))).toBeLessThan(tolerance);
      });

      it('has the same clip factors and clipped sum', async () => {
        const { reference, data, parameters } = read();
        const { sum, norms, factors } = await clippedSum(spec, parameters, data, reference.clip_norm);
        expect(relativeError(sum, inOrder(reference.gradients.tensorflow.clipped_sum_flat))).toBeLessThan(tolerance);
        expect(relativeError(norms, reference.per_example_grad_norm)).toBeLessThan(tolerance);
        expect(relativeError(factors, reference.per_example_clip_factor_flat)).toBeLessThan(tolerance);
      });

      it('has the mean loss', async () => {
        const { reference, data, parameters } = read();
        const plan = planOf(spec, { kind: 'shuffle', size: data.count, epochs: 1 });
        const { metrics } = await onnxTrainer().train(parameters, data, contextOf(plan), notAborted);
        const mean = reference.per_example_loss.reduce((sum, loss) => sum + loss, 0) / data.count;
        expect(metrics['loss']).toBeCloseTo(mean, 5);
      });

      it('moves the weights along the mean gradient', async () => {
        const { reference, data, parameters } = read();
        const plan = planOf(spec, { kind: 'shuffle', size: data.count, epochs: 1 });
        const trained = await onnxTrainer().train(parameters, data, contextOf(plan), notAborted);
        const moved = parameters.values.map((before, i) => before - trained.payload.values[i]!);
        expect(relativeError(moved, inOrder(reference.gradients.tensorflow.unclipped_mean_gradient))).toBeLessThan(
          tolerance,
        );
      });
    });
});
