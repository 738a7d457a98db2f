import { describe, expect, it } from 'vitest';
import { parseWith } from '../base/parse.js';
import { layoutOf, outputSize, placeLayers } from './shapes.js';
import { modelSpecSchema, type ModelSpecInput } from './spec.js';

const parse = (spec: ModelSpecInput) => parseWith(modelSpecSchema, spec, 'the model');

/** Tutorial 041: 100-64-32-2 with ReLU and dropout. */
const tutorial: ModelSpecInput = {
  inputShape: [100],
  layers: [
    { type: 'dense', units: 64 },
    { type: 'activation', function: 'relu' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 32 },
    { type: 'activation', function: 'relu' },
    { type: 'dense', units: 2 },
  ],
  loss: 'softmax-cross-entropy',
};
/** A spec of these layers that ends in two classes. */
const classifier = (inputShape: number[], ...layers: ModelSpecInput['layers']): ModelSpecInput => ({
  inputShape,
  layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 2 }],
  loss: 'softmax-cross-entropy',
});

describe('layoutOf', () => {
  it("lays out the tutorial's model: 8,610 parameters", () => {
    const spec = parse(tutorial);
    const layout = layoutOf(spec);
    expect(layout.size).toBe(100 * 64 + 64 + 64 * 32 + 32 + 32 * 2 + 2);
    expect(layout.size).toBe(8610);
    expect(layout.tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['0.dense.kernel', [100, 64]],
      ['0.dense.bias', [64]],
      ['3.dense.kernel', [64, 32]],
      ['3.dense.bias', [32]],
      ['5.dense.kernel', [32, 2]],
      ['5.dense.bias', [2]],
    ]);
    expect(outputSize(spec)).toBe(2);
  });

  it('leaves out a bias that is not wanted', () => {
    const spec = parse({ ...tutorial, layers: [{ type: 'dense', units: 2, bias: false }] });
    expect(layoutOf(spec).tensors.map(({ name }) => name)).toEqual(['0.dense.kernel']);
  });

  it('gives a group norm scale and shift by channel', () => {
    const spec = parse(classifier([8, 6], { type: 'group-norm', groups: 3 }));
    expect(layoutOf(spec).tensors.slice(0, 2)).toMatchObject([
      { name: '0.group-norm.scale', shape: [6] },
      { name: '0.group-norm.shift', shape: [6] },
    ]);
  });

  it('refuses a model that no array can hold', () => {
    const spec = parse(classifier([2 ** 20], { type: 'dense', units: 2 ** 20 }));
    expect(() => layoutOf(spec)).toThrow(/model\.layers\.0 \(dense\).*parameters/);
  });
});

describe('placeLayers', () => {
  const shapeAfter = (inputShape: number[], layer: ModelSpecInput['layers'][number]) =>
    placeLayers(parse(classifier(inputShape, layer)))[0]!;

  // As TensorFlow computes them: valid ceil((n - k + 1) / s), same ceil(n / s).
  it.each([
    [28, 5, 1, 'valid', 24],
    [28, 5, 1, 'same', 28],
    [28, 5, 2, 'valid', 12],
    [28, 5, 2, 'same', 14],
    [7, 3, 3, 'valid', 2],
    [7, 3, 3, 'same', 3],
    [5, 5, 1, 'valid', 1],
    [3, 5, 2, 'same', 2],
  ] as const)('conv over %i positions, kernel %i, stride %i, %s: %i', (n, kernel, stride, padding, expected) => {
    const one = shapeAfter([n, 3], { type: 'conv1d', filters: 8, kernelSize: kernel, stride, padding });
    expect(one.outputShape).toEqual([expected, 8]);
    expect(one.tensors).toEqual([
      { name: '0.conv1d.kernel', shape: [kernel, 3, 8] },
      { name: '0.conv1d.bias', shape: [8] },
    ]);
    const two = shapeAfter([n, 40, 3], {
      type: 'conv2d',
      filters: 8,
      kernelSize: [kernel, 2],
      stride: [stride, 4],
      padding,
    });
    expect(two.outputShape).toEqual([expected, 10, 8]);
    expect(two.tensors[0]!.shape).toEqual([kernel, 2, 3, 8]);
  });

  it('pools without parameters, and keeps the channels', () => {
    const pool = (inputShape: number[], layer: ModelSpecInput['layers'][number]) => {
      const { outputShape, tensors } = shapeAfter(inputShape, layer);
      expect(tensors).toEqual([]);
      return outputShape;
    };
    for (const kind of ['max', 'average'] as const) {
      expect(pool([9, 4], { type: `${kind}-pool1d`, kernelSize: 2, stride: 2 })).toEqual([4, 4]);
      expect(pool([9, 8, 4], { type: `${kind}-pool2d`, kernelSize: [3, 2], stride: [3, 2] })).toEqual([3, 4, 4]);
      expect(pool([9, 8, 4], { type: `${kind}-pool2d`, kernelSize: [3, 2] })).toEqual([7, 7, 4]);
    }
  });

  it('chains shapes, and leaves them alone where a layer does not change them', () => {
    const placed = placeLayers(
      parse(
        classifier(
          [10, 4],
          { type: 'activation', function: 'tanh' },
          { type: 'dropout', rate: 0.5 },
          { type: 'scale', factor: -0.1 },
          { type: 'group-norm', groups: 2 },
        ),
      ),
    );
    expect(placed.map(({ inputShape }) => inputShape)).toEqual([[10, 4], [10, 4], [10, 4], [10, 4], [10, 4], [40]]);
    expect(placed.at(-1)!.outputShape).toEqual([2]);
  });

  const refusal = (spec: ModelSpecInput): unknown => {
    try {
      placeLayers(parse(spec));
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each([
    ['dense after an image', 'model.layers.0', classifier([8, 8, 3], { type: 'dense', units: 3 })],
    ['conv1d after an image', 'model.layers.0', classifier([8, 8, 3], { type: 'conv1d', filters: 1, kernelSize: 1 })],
    ['conv2d after a signal', 'model.layers.0', classifier([8, 3], { type: 'conv2d', filters: 1, kernelSize: [1, 1] })],
    ['a pool of the wrong rank', 'model.layers.0', classifier([8], { type: 'max-pool1d', kernelSize: 2 })],
    ['a window too large', 'model.layers.0', classifier([4, 1], { type: 'conv1d', filters: 1, kernelSize: 5 })],
    ['a pool too large', 'model.layers.0', classifier([4, 9, 1], { type: 'average-pool2d', kernelSize: [5, 1] })],
    [
      'a window too large at stride 4',
      'model.layers.1',
      classifier(
        [9, 1],
        { type: 'max-pool1d', kernelSize: 3, stride: 3 },
        { type: 'max-pool1d', kernelSize: 4, stride: 4 },
      ),
    ],
    ['groups that do not fit', 'model.layers.0', classifier([4, 6], { type: 'group-norm', groups: 4 })],
    ['one class', 'model.loss', { ...tutorial, layers: [{ type: 'dense', units: 1 }] }],
    ['two outputs of a sigmoid', 'model.loss', { ...tutorial, loss: 'sigmoid-cross-entropy' }],
    ['two outputs of cox', 'model.loss', { ...tutorial, loss: 'cox' }],
    ['two values for a squared error', 'model.loss', { ...tutorial, loss: 'squared-error' }],
    [
      'an end that is not flat',
      'model.loss',
      { ...tutorial, inputShape: [4, 2], layers: [{ type: 'dropout', rate: 0 }] },
    ],
  ] as const)('refuses %s, naming %s', (_, key, spec) => {
    const error = refusal(spec as ModelSpecInput);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', subject: key });
    expect((error as Error).message).toContain(key);
  });
});

describe('modelSpecSchema', () => {
  it('fills in defaults', () => {
    const { layers } = parse(
      classifier([9, 9, 2], { type: 'conv2d', filters: 1, kernelSize: [3, 3] }, { type: 'group-norm', groups: 1 }),
    );
    expect(layers[0]).toMatchObject({ stride: [1, 1], padding: 'valid', bias: true });
    expect(layers[1]).toMatchObject({ epsilon: 1e-5 });
  });

  it.each([
    ['layers.0.type', { ...tutorial, layers: [{ type: 'batch-norm' }] }],
    ['layers.0.units', { ...tutorial, layers: [{ type: 'dense', units: 0 }] }],
    ['layers.0.units', { ...tutorial, layers: [{ type: 'dense' }] }],
    ['layers.0.units', { ...tutorial, layers: [{ type: 'dense', units: 1.5 }] }],
    ['layers.0.activation', { ...tutorial, layers: [{ type: 'dense', units: 2, activation: 'relu' }] }],
    ['layers.0.rate', { ...tutorial, layers: [{ type: 'dropout', rate: 1 }] }],
    ['layers.0.rate', { ...tutorial, layers: [{ type: 'dropout', rate: -0.1 }] }],
    ['layers.0.kernelSize', { ...tutorial, layers: [{ type: 'conv2d', filters: 1, kernelSize: 3 }] }],
    ['layers.0.factor', { ...tutorial, layers: [{ type: 'scale', factor: 1e-60 }] }],
    ['layers.0.function', { ...tutorial, layers: [{ type: 'activation', function: 'eval' }] }],
    ['layers.0.groups', { ...tutorial, layers: [{ type: 'group-norm', groups: 0 }] }],
    ['layers', { ...tutorial, layers: [] }],
    ['inputShape', { ...tutorial, inputShape: [] }],
    ['inputShape', { ...tutorial, inputShape: [1, 2, 3, 4, 5] }],
    ['inputShape.0', { ...tutorial, inputShape: [0] }],
    ['loss', { ...tutorial, loss: 'hinge' }],
  ])('refuses %s', (key, spec) => {
    expect(() => parseWith(modelSpecSchema, spec, 'the model')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: key }),
    );
  });
});
