import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayerSpec, ModelSpec } from '@fedward/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../backend.js';
import { createPlan, randomData, randomParameters, relativeError } from '../testing/problems.js';
import { tfjsTrainer } from '../trainer.js';
import { saveLayersModel, toLayersModel } from './export.js';
import { fromLayersModel, readLayersModel } from './import.js';
import type { Layer } from './inspect.js';

beforeAll(async () => void (await selectBackend()));

/** Outputs of a model on some examples. */
function outputsOf(model: LayersModel, spec: ModelSpec, features: Float32Array, count: number): Float32Array {
  return tf.tidy(() => {
    const outputs = model.predict(tf.tensor(features, [count, ...spec.inputShape])) as tf.Tensor;
    return outputs.dataSync().slice() as Float32Array;
  });
}
const chain = (...own: Layer[]): LayersModel => sequential({ layers: own });
const conv = (own: object): Layer =>
  layers.conv2d({ filters: 1, kernelSize: 2, inputShape: [4, 4, 1], name: 'x', ...own });
const refused = (subject: string | RegExp) =>
  expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: expect.stringMatching(subject) });
const typesOf = ({ layers }: ModelSpec): string[] => layers.map((layer: LayerSpec) => layer.type);

describe('a tf.LayersModel as a model spec', () => {
  it('is the spec that it was made of, with the same weights', async () => {
    const { model: spec } = createPlan({
      inputShape: [6, 8, 2],
      layers: [
        { type: 'conv2d', filters: 4, kernelSize: [3, 2], stride: [1, 2], padding: 'same', bias: false },
        { type: 'group-norm', groups: 2, epsilon: 1e-3 },
        { type: 'activation', function: 'elu' },
        { type: 'max-pool2d', kernelSize: [2, 1], stride: [2, 1] },
        { type: 'average-pool2d', kernelSize: [2, 2] },
        { type: 'flatten' },
        { type: 'scale', factor: 0.25 },
        { type: 'dropout', rate: 0.5 },
        { type: 'dense', units: 3 },
      ],
      loss: 'softmax-cross-entropy',
    });
    const parameters = randomParameters(spec);
    const model = await toLayersModel(spec, parameters);
    const back = fromLayersModel(model, 'softmax-cross-entropy');
    model.dispose();
    expect(back.spec).toEqual(spec);
    expect(back.parameters).toEqual(parameters);
  });

  it('predicts as the model does, whose activations are parts of its layers', async () => {
    const model = chain(
      layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, activation: 'tanh', inputShape: [21, 2] }),
      layers.maxPooling1d({ poolSize: 2, padding: 'same' }), // of ten samples: it pads nothing
      layers.conv1d({ filters: 3, kernelSize: 2, padding: 'same' }),
      layers.reLU(),
      layers.globalAveragePooling1d({}),
      layers.dense({ units: 2 }),
    );
    const { spec, parameters } = fromLayersModel(model, 'softmax-cross-entropy');
    expect(typesOf(spec)).toEqual([
      ...['conv1d', 'activation', 'max-pool1d', 'conv1d', 'activation'],
      ...['average-pool1d', 'flatten', 'dense'],
    ]);
    const data = randomData(spec, 7);
    const outputs = await tfjsTrainer().predict(spec, parameters, data);
    expect(relativeError(outputs, outputsOf(model, spec, data.features, 7))).toBeLessThan(1e-5);
    model.dispose();
  });

  it('leaves a softmax or sigmoid at the end to the loss', async () => {
    const model = chain(
      layers.dense({ units: 3, activation: 'sigmoid', inputShape: [4] }),
      layers.dense({ units: 2, activation: 'softmax' }),
    );
    const { spec, parameters } = fromLayersModel(model, 'softmax-cross-entropy');
    expect(typesOf(spec)).toEqual(['dense', 'activation', 'dense']);
    const data = randomData(spec, 5);
    const logits = await tfjsTrainer().predict(spec, parameters, data);
    const probabilities = tf.tidy(() => tf.softmax(tf.tensor(logits, [5, 2])).dataSync()) as Float32Array;
    expect(relativeError(probabilities, outputsOf(model, spec, data.features, 5))).toBeLessThan(1e-5);
    model.dispose();
    const single = chain(layers.dense({ units: 1, activation: 'sigmoid', inputShape: [4] }));
    expect(typesOf(fromLayersModel(single, 'sigmoid-cross-entropy').spec)).toEqual(['dense']);
    expect(typesOf(fromLayersModel(single, 'squared-error').spec)).toEqual(['dense', 'activation']);
    single.dispose();
  });

  it.each<[string, () => Layer[]]>([
    [
      'batch normalisation',
      () => [layers.dense({ units: 2, inputShape: [3] }), layers.batchNormalization({ name: 'x' })],
    ],
    [
      'an activation of its own kind',
      () => [layers.dense({ units: 2, activation: 'selu', inputShape: [3], name: 'x' })],
    ],
    ['a relu with a limit', () => [layers.reLU({ maxValue: 6, inputShape: [2], name: 'x' })]],
    ['a dilated convolution', () => [conv({ dilationRate: 2 })]],
    ['a causal convolution', () => [layers.conv1d({ filters: 1, kernelSize: 2, padding: 'causal', inputShape: [4, 1], name: 'x' })]], // prettier-ignore
    ['channels that come first', () => [conv({ dataFormat: 'channelsFirst' })]],
    ['padded pooling', () => [layers.maxPooling2d({ poolSize: 2, padding: 'same', inputShape: [5, 4, 1], name: 'x' })]],
    ['overlapping padded pooling', () => [layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same', inputShape: [4, 4, 1], name: 'x' })]], // prettier-ignore
    ['a softmax before the end', () => [layers.softmax({ inputShape: [2], name: 'x' }), layers.dense({ units: 2 })]],
  ])('refuses %s, naming the layer', (_, own) => {
    const model = chain(...own());
    expect(() => fromLayersModel(model, 'softmax-cross-entropy')).toThrow(refused(/^x$/));
    model.dispose();
  });

  it('refuses what is no chain: a sum of two layers, a layer that is used twice', () => {
    const start = input({ shape: [3] });
    const [a, b] = [layers.dense({ units: 3 }), layers.dense({ units: 3 })];
    const sum = layers.add({ name: 'sum' }).apply([a.apply(start), b.apply(start)] as SymbolicTensor[]);
    const branched = functional({ inputs: start, outputs: sum as SymbolicTensor });
    expect(() => fromLayersModel(branched, 'softmax-cross-entropy')).toThrow(refused(/./));
    const shared = layers.dense({ units: 3, name: 'shared' });
    const twice = functional({ inputs: start, outputs: shared.apply(shared.apply(start)) as SymbolicTensor });
    expect(() => fromLayersModel(twice, 'softmax-cross-entropy')).toThrow(refused(/shared/));
    const straight = functional({
      inputs: start,
      outputs: layers.dense({ units: 2 }).apply(start) as SymbolicTensor,
    });
    expect(typesOf(fromLayersModel(straight, 'softmax-cross-entropy').spec)).toEqual(['dense']);
  });

  it('refuses outputs that do not fit the loss, and an input of any size', () => {
    const three = chain(layers.dense({ units: 3, inputShape: [2] }));
    expect(() => fromLayersModel(three, 'squared-error')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    const open = chain(layers.globalAveragePooling1d({ inputShape: [null as unknown as number, 2] }));
    expect(() => fromLayersModel(open, 'softmax-cross-entropy')).toThrow(refused(/./));
  });
});

describe('readLayersModel', () => {
  it('reads what saveLayersModel wrote, and names the file of what is no model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-import-'));
    const file = join(folder, 'model.json');
    const failed = (code: string, subject: string) => expect.objectContaining({ code, subject });
    try {
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_NOT_FOUND', file));
      const model = chain(layers.dense({ units: 2, inputShape: [3] }));
      await saveLayersModel(model, folder);
      const read = await readLayersModel(folder);
      const [own, back] = [model, read].map((each) => fromLayersModel(each, 'softmax-cross-entropy'));
      expect(back).toEqual(own);
      model.dispose();
      read.dispose();

      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('weights.bin', '../weights.bin'));
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_INVALID', file));
      await writeFile(file, text.replace('"Dense"', '"Danse"'));
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_INVALID', file));
      await writeFile(file, text.slice(1));
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_INVALID', file));
      await writeFile(file, text);
      const weights = join(folder, 'weights.bin');
      await writeFile(weights, new Uint8Array(4));
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_INVALID', file));
      await rm(weights);
      await expect(readLayersModel(folder)).rejects.toThrow(failed('FILE_NOT_FOUND', weights));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
