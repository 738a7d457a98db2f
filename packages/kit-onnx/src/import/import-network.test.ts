import { layoutOf } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../file/read-onnx.js';
import { expected, fileNamed, fileNames, type FileName } from '../testing/files.js';
import { floatTensor, modelBytes } from '../testing/model.js';
import { channelsLast, outputsOf } from '../testing/outputs.js';
import { importedModel } from './imported-model.js';
import { importNetwork, type ImportOptions } from './import-network.js';
import { trainability } from './trainable.js';

const imported = (name: FileName, options?: ImportOptions) =>
  importNetwork(readOnnx(fileNamed(name), `${name}.onnx`), options);
const read = (graph: Record<string, unknown>, options?: ImportOptions) =>
  importNetwork(readOnnx(modelBytes({ graph }), 'm.onnx'), options);
const node = (op_type: string, input: string[], output: string[], others: object = {}) => ({ op_type, name: `a ${op_type}`, input, output, ...others }); // prettier-ignore
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(message) as string }) as Error;

describe('importNetwork', () => {
  it.each(fileNames)('gives what PyTorch gives: %s', async (name) => {
    const { x, y, inputShape } = expected[name];
    const network = imported(name);
    const given = await outputsOf(network, inputShape.length === 1 ? x : channelsLast(x, inputShape));
    expect(given).toHaveLength(y.length);
    for (const [at, value] of given.entries()) expect(value).toBeCloseTo(y[at]!, 5);
  });

  it('turns channels round, or takes them as they are', async () => {
    const { x, y, inputShape } = expected['signal'];
    expect(imported('signal').inputShape).toEqual([16, 2]);
    const asTheyAre = imported('signal', { channels: 'last' });
    expect(asTheyAre.inputShape).toEqual(inputShape);
    (await outputsOf(asTheyAre, x)).forEach((value, at) => expect(value).toBeCloseTo(y[at]!, 5));
  });

  it('has weights in the order of the layout, under its names, and the file by its digest', () => {
    const network = imported('residual-fused', { sha256: 'a'.repeat(64) });
    const { spec, weights, frozen } = importedModel(network);
    expect(weights.map(({ name, shape }) => [name, shape])).toEqual(
      layoutOf(spec).tensors.map(({ name, shape }) => [name, shape]),
    );
    expect(weights.at(-2)!.name).toBe('0.graph.fc.weight');
    expect(weights.at(-2)!.values).toEqual(readOnnx(fileNamed('residual-fused')).initializers.get('fc.weight')!.values);
    expect(frozen).toEqual([]);
    expect(network.layer.source).toEqual({ sha256: 'a'.repeat(64) });
  });

  it('takes its loss from the outputs, and refuses one that does not fit', () => {
    expect(importedModel(imported('signal')).spec.loss).toBe('softmax-cross-entropy');
    expect(importedModel(imported('group-norm-sigmoid')).spec.loss).toBe('sigmoid-cross-entropy');
    expect(importedModel(imported('group-norm-sigmoid'), 'cox').spec.loss).toBe('cox');
    expect(() => importedModel(imported('signal'), 'cox')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('leaves a Softmax or Sigmoid at the end out, and says so, unless it is to be kept', () => {
    expect(imported('mlp-softmax').notes).toContainEqual(expect.stringMatching(/^The Softmax at its end/));
    const kept = imported('mlp-softmax', { keepActivation: true });
    expect(kept.layer.nodes.at(-1)!.op).toBe('Softmax');
    expect(kept.notes).toEqual([]);
  });

  it('reads a file for one example for any number, and says so', () => {
    expect(imported('residual-one-example').notes).toContainEqual(
      expect.stringMatching(/made for 1 example at a time/),
    );
  });

  it('keeps running statistics frozen: a batch normalisation trains its scale and shift', () => {
    const network = imported('residual-batch-norm');
    expect(network.frozen).toEqual(['bn.running_mean', 'bn.running_var', 'block.bn1.running_mean', 'block.bn1.running_var']); // prettier-ignore
    const { refusedUnderPrivacy } = trainability(network);
    expect(refusedUnderPrivacy).toHaveLength(2);
    expect(refusedUnderPrivacy[0]).toContain('BatchNormalization (/bn/BatchNormalization_output_0)');
  });

  it.each(['residual-batch-norm', 'mlp-batch-norm'] as const)(
    'makes group norms, which privacy allows: %s',
    async (name) => {
      const network = imported(name, { batchNorm: 'group-norm', groups: 2 });
      expect(network.frozen).toEqual([]);
      expect(network.layer.nodes.filter(({ op }) => op === 'BatchNormalization')).toEqual([]);
      expect(network.layer.opset).toBe(21);
      expect(network.layer.tensors.map((tensor) => tensor.name)).not.toContain('bn.running_mean');
      expect(trainability(network).refusedUnderPrivacy).toEqual([]);
      const { x, inputShape } = expected[name];
      const given = await outputsOf(network, inputShape.length === 1 ? x : channelsLast(x, inputShape));
      expect(given.every(Number.isFinite)).toBe(true);
    },
  );

  it('normalises groups with the scale and shift of the batch norm', async () => {
    const port = (name: string, ...dim: object[]) => ({
      name,
      type: { tensor_type: { elem_type: 1, shape: { dim } } },
    });
    const sized = (...sizes: number[]) => sizes.map((dim_value) => ({ dim_value }));
    const statistic = (name: string) => floatTensor(name, [4], [9, 9, 9, 9]);
    const graph = {
      node: [
        node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['n'], {
          attribute: [{ name: 'epsilon', type: 1, f: 0 }],
        }),
        node('Flatten', ['n'], ['y']),
      ],
      initializer: [
        floatTensor('s', [4], [1, 2, 3, 4]),
        floatTensor('b', [4], [0, 0, 0, 10]),
        statistic('m'),
        statistic('v'),
      ],
      input: [port('x', { dim_param: 'N' }, ...sized(4, 1, 1))],
      output: [port('y')],
    };
    const network = read(graph, { batchNorm: 'group-norm', groups: 2 });
    const given = await outputsOf(network, [0, 2, 10, 30]);
    [-1, 2, -3, 14].forEach((value, at) => expect(given[at]).toBeCloseTo(value, 4));
  });

  it('trains copies apart, as PyTorch writes weights that are equal at first, unless they are to be one', () => {
    const graph = {
      node: [
        node('Identity', ['w'], ['v']),
        node('Gemm', ['x', 'w'], ['h']),
        node('Gemm', ['x', 'v'], ['k']),
        node('Add', ['h', 'k'], ['y']),
      ],
    };
    const apart = read(graph);
    expect(apart.layer.tensors.map(({ name }) => name)).toEqual(['w', 'v']);
    expect(apart.parameters[1]!.values).toEqual(apart.parameters[0]!.values);
    expect(apart.notes).toEqual(['Stand in the file as copies of others, and are trained apart from them: v.']);
    expect(read(graph, { keepShared: true }).layer.tensors.map(({ name }) => name)).toEqual(['w']);
  });

  it('says of no running statistics that they are trained, whether they stay or make room for a group norm', () => {
    const graph = {
      node: [
        node('Identity', ['b'], ['m']),
        node('Identity', ['b'], ['s']),
        node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['y']),
      ],
      initializer: ['b', 'v'].map((name) => floatTensor(name, [2], [1, 1])),
    };
    const apart = 'Stand in the file as copies of others, and are trained apart from them: s.';
    expect(read(graph).notes).toEqual([
      apart,
      'Running statistics and what else is not learned stay as they are, frozen: m, v.',
    ]);
    const converted = read(graph, { batchNorm: 'group-norm' });
    expect(converted.notes).toContain(apart);
    expect(converted.notes.filter((note) => note.includes('m, ') || note.includes(', m'))).toEqual([]);
  });

  it('keeps settings, numbers that stand alone and whole numbers as constants, and drops what is not used', () => {
    const scalar = { name: 'top', dims: [], data_type: 1, raw_data: new Uint8Array(Float32Array.of(6).buffer) };
    const graph = {
      node: [node('Gemm', ['x', 'w'], ['h']), node('Clip', ['h', '', 'top'], ['y'])],
      initializer: [floatTensor('w', [2, 1], [1, 2]), scalar, floatTensor('old', [1], [1])],
    };
    const network = read(graph);
    expect(network.layer.tensors.map(({ name }) => name)).toEqual(['w']);
    expect(network.layer.constants).toEqual([{ name: 'top', type: 'float32', shape: [], values: [6] }]);
    expect(network.notes).toEqual([
      'Stay as they are, as constants: top.',
      'Left out, since the output does not need it: old.',
    ]);
  });

  const w = floatTensor('w', [2, 1], [1, 2]);
  const port = (name: string, sizes: readonly (number | string)[], elem_type = 1) => {
    const dim = sizes.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
    return { name, type: { tensor_type: { elem_type, shape: { dim } } } };
  };
  it.each([
    ['two inputs', { input: [port('x', ['N', 2]), port('z', ['N', 2])] }, /2 inputs, "x", "z"/],
    ['an input of whole numbers', { input: [port('x', ['N', 2], 7)] }, /"x" is int64/],
    [
      'an open dimension',
      { input: [port('x', ['N', 'width'])] },
      /all but the number of examples must be fixed; export with torch/,
    ],
    ['a vector for an input', { input: [port('x', ['N'])] }, /2 to 5 dimensions/],
    ['two outputs', { output: [port('y', ['N', 1]), port('w', [2, 1])] }, /2 outputs, "y", "w": name the one/],
    [
      'an output that is no answer',
      { node: [node('Transpose', ['x'], ['y'], { attribute: [{ name: 'perm', type: 7, ints: [1, 0] }] })] },
      /"y" is not \[N, ...\]/,
    ],
    [
      "an operator of somebody's own",
      { node: [node('Gelu', ['x'], ['y'], { domain: 'com.microsoft' })] },
      /"a Gelu" is the operator Gelu of com\.microsoft/,
    ],
    [
      'an operator that is not in the set',
      { node: [node('NonZero', ['x'], ['y'])] },
      /^m\.onnx: NonZero \(y\) .*kit-onnx/,
    ],
    ['shapes that do not fit', { initializer: [floatTensor('w', [3, 1], [1, 2, 3])] }, /^m\.onnx: Gemm \(y\)/],
    [
      'a weight that is no number',
      { initializer: [floatTensor('w', [2, 1], [1, NaN])] },
      /"w" has a value that is not finite/,
    ],
    [
      'an attribute that is a tensor',
      { node: [node('Gemm', ['x', 'w'], ['y'], { attribute: [{ name: 'odd', type: 4, t: w }] })] },
      /attribute odd that no plan can hold/,
    ],
  ])('refuses %s, by name', (_, graph, message) => {
    expect(() => read(graph)).toThrow(refused(message));
  });

  it('is done soon with a file that doubles a shape forty times, or has a long chain at its end', () => {
    const names = Array.from({ length: 40 }, (_, i) => `d${i}`);
    const doubled = names.slice(1).map((name, i) => node('Concat', [names[i]!, names[i]!], [name], { attribute: [{ name: 'axis', type: 2, i: 0 }] })); // prettier-ignore
    const two = { name: 'd0', dims: [1], data_type: 7, int64_data: [2] };
    const shape = { initializer: [w, two], node: [...doubled, node('Reshape', ['x', 'd39'], ['y'])], input: [port('x', [2, 2])] }; // prettier-ignore
    expect(() => read(shape)).toThrow(expect.objectContaining({ family: 'configuration' }));
    const chain = Array.from({ length: 15_000 }, (_, i) => node('Identity', [i === 0 ? 'h' : `i${i}`], [i === 14_999 ? 'y' : `i${i + 1}`])); // prettier-ignore
    const network = read({ node: [node('Gemm', ['x', 'w'], ['g']), node('Sigmoid', ['g'], ['h']), ...chain] });
    expect(network.layer.nodes.map(({ op }) => op)).toEqual(['Gemm']);
  });

  it('refuses more nodes than a plan has', () => {
    const chain = Array.from({ length: 20_001 }, (_, i) => node('Relu', [i === 0 ? 'x' : `i${i}`], [i === 20_000 ? 'y' : `i${i + 1}`])); // prettier-ignore
    expect(() => read({ node: chain })).toThrow(refused(/20001 nodes; the most is 20000/));
  });

  it('refuses operators of a version that is not read', () => {
    const old = readOnnx(modelBytes({ opset_import: [{ domain: '', version: 11 }] }), 'm.onnx');
    expect(() => importNetwork(old)).toThrow(refused(/version 11 .* read are 13 to 25/));
  });

  it('refuses a file for two examples whose shapes can not be for any number', () => {
    const fixed = { name: 'to', dims: [2], data_type: 7, int64_data: [1, 4] };
    const graph = {
      node: [node('Reshape', ['x', 'to'], ['y'])],
      initializer: [fixed],
      input: [port('x', [2, 2])],
      output: [port('y', [1, 4])],
    };
    expect(() => read(graph)).toThrow(
      refused(/"y" is not \[N, \.\.\.\] for N examples: export with torch|Reshape \(y\)/),
    );
  });
});
