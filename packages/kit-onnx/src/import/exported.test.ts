import { describe, expect, it } from 'vitest';
import { readOnnx } from '../file/read-onnx.js';
import { floatTensor, modelBytes } from '../testing/model.js';
import { outputsOf } from '../testing/outputs.js';
import { weightsIn } from './draft.js';
import { importNetwork, type ImportOptions } from './import-network.js';
import { trainability } from './trainable.js';

type Raw = Record<string, unknown>;
const note = (key: string, text: string): Raw => ({ key, note: new TextEncoder().encode(text) });
const port = (name: string, ...dim: Raw[]): Raw => ({ name, type: { tensor_type: { elem_type: 1, shape: { dim } } } });
const sized = (...sizes: number[]): Raw[] => sizes.map((dim_value) => ({ dim_value }));
const node = (op_type: string, input: string[], output: string, more: Raw = {}): Raw => ({ op_type, input, output: [output], ...more }); // prettier-ignore
const ints = (name: string, ...values: number[]): Raw => ({ name, dims: [values.length], data_type: 7, int64_data: values }); // prettier-ignore
const perm = (...axes: number[]): Raw => ({ attribute: [{ name: 'perm', type: 7, ints: axes }] });

/** As PyTorch 2.13 writes them beside a graph. */
const signature = (...lines: string[]) => note('pkg.torch.export.ExportedProgram.graph_signature', `\n# inputs\n${lines.join('\n')}\nx: USER_INPUT\n`); // prettier-ignore
const parameter = (name: string) => `p_${name.replaceAll('.', '_')}: PARAMETER target='${name}'`;
const call = (...names: string[]): Raw => ({
  metadata_props: [
    note('pkg.torch.onnx.fx_node', `%y : [num_users=1] = call_function[target=torch.ops](args = (%x, [2], ${names.map((name) => `%p_${name.replaceAll('.', '_')}`).join(', ')}, 1e-05), kwargs = {})`), // prettier-ignore
  ],
});

/** Two layer norms whose numbers stand once, a bias that was 0, a number of the exporter's, and a buffer. */
const copies = {
  node: [
    node('Sub', ['x', 'middle'], 'c'),
    node('LayerNormalization', ['c', 'a.weight', 'a.bias'], 'n', call('a.weight', 'a.bias')),
    node('LayerNormalization', ['n', 'a.weight', 'a.bias'], 'm', call('b.weight', 'b.bias')),
    node('Mul', ['m', 'val_7'], 's'),
    node('MatMul', ['s', 'val_9'], 'y'),
  ],
  initializer: [
    floatTensor('a.weight', [2], [1, 1]),
    floatTensor('a.bias', [2], [0, 0]),
    floatTensor('middle', [2], [3, 4]),
    floatTensor('val_7', [1], [0.5]),
    floatTensor('val_9', [2, 1], [5, 6]),
  ],
  value_info: [{ name: 'val_9', metadata_props: [note('pkg.onnxscript.optimizer.folded_from', "['fc.weight']")] }],
  metadata_props: [
    signature(
      ...['a.weight', 'a.bias', 'b.weight', 'b.bias', 'fc.weight', 'fc.bias'].map(parameter),
      "b_middle: BUFFER target='middle' persistent=True",
    ),
  ],
};
const read = (graph: Raw, options?: ImportOptions) => importNetwork(readOnnx(modelBytes({ graph }), 'm.onnx'), options);

describe('what the newer exporter notes', () => {
  it('gives each place the parameter that stood there, under its name', () => {
    const { layer, notes, parameters } = read(copies);
    expect(layer.tensors.map(({ name }) => name)).toEqual(['a.weight', 'a.bias', 'b.weight', 'b.bias', 'val_9']);
    expect(notes).toContainEqual(expect.stringMatching(/copies of others, and are trained apart.*: b\.weight, b\.bias\.$/)); // prettier-ignore
    expect(parameters[2]!.values).toEqual(Float32Array.of(1, 1));
    // The weights of a plan that names the file alone are found by the same names.
    const { initializers } = readOnnx(modelBytes({ graph: copies }));
    expect(initializers.has('b.weight')).toBe(false);
    const found = weightsIn(readOnnx(modelBytes({ graph: copies }))).map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining(layer.tensors.map(({ name }) => name)));
  });

  it('says what is learned: neither buffers nor numbers of the exporter, and what it left out', () => {
    const { layer, notes } = read(copies);
    expect(layer.constants.map(({ name }) => name)).toEqual(['middle', 'val_7']);
    expect(notes).toContainEqual(expect.stringMatching(/left out .*: fc\.bias\.$/));
  });

  it('leaves one what is to be one, and what was one in PyTorch', () => {
    const kept = read(copies, { keepShared: true });
    expect(kept.layer.tensors.map(({ name }) => name)).toEqual(['a.weight', 'a.bias', 'val_9']);
    const tied = { ...copies, metadata_props: [signature(...['a.weight', 'a.bias', 'fc.weight'].map(parameter))] };
    const { layer, notes } = read(tied);
    expect(layer.tensors.map(({ name }) => name)).toEqual(['a.weight', 'a.bias', 'val_9']);
    expect(notes.filter((one) => one.includes('copies'))).toEqual([]);
  });

  it('tells apart what has no notes, under names of its own', () => {
    const silent = copies.node.map(({ metadata_props: _, ...rest }) => rest);
    const { layer } = read({ ...copies, node: silent });
    expect(layer.tensors.map(({ name }) => name)).toEqual([
      'a.weight',
      'a.bias',
      'a.weight (2)',
      'a.bias (2)',
      'val_9',
    ]);
  });
});

it('numbers of the older exporter that stand alone, and masks, are constants', () => {
  const graph = {
    node: [node('Mul', ['x', '/Sqrt_output_0'], 's'), node('Add', ['s', 'onnx::Add_7'], 'm'), node('Mul', ['m', 'gain'], 'y')], // prettier-ignore
    initializer: [
      floatTensor('/Sqrt_output_0', [1], [2]),
      floatTensor('onnx::Add_7', [2], [0, -Infinity]),
      floatTensor('gain', [1], [3]),
    ],
    output: [port('y', { dim_param: 'N' }, ...sized(2))],
  };
  const { layer } = read(graph);
  expect(layer.tensors.map(({ name }) => name)).toEqual(['gain']);
  expect(layer.constants[1]!.values).toEqual([0, '-Infinity']);
});

it('shapes that are computed become constants, with what is left over for the examples', () => {
  const graph = {
    node: [
      node('Shape', ['x'], 'shape'),
      node('Gather', ['shape', 'zero'], 'rows'),
      node('Concat', ['rows', 'rest'], 'asked', { attribute: [{ name: 'axis', type: 2, i: 0 }] }),
      node('Reshape', ['x', 'asked'], 'r'),
      node('MatMul', ['r', 'w'], 'y'),
    ],
    initializer: [ints('zero', 0), ints('rest', 3, 2), floatTensor('w', [2, 1], [1, 2])],
    input: [port('x', { dim_param: 'N' }, ...sized(6))],
    output: [port('y')],
  };
  const { layer } = read(graph);
  expect(layer.nodes.map(({ op }) => op)).toEqual(['Reshape', 'MatMul']);
  expect(layer.constants.map(({ values }) => values)).toEqual([[-1, 3, 2]]);
});

it('rows of sequences whose examples come second stay by example, and give the same', async () => {
  const graph = {
    node: [
      node('Transpose', ['x'], 't', perm(2, 0, 1)),
      node('Reshape', ['t', 'heads'], 'h'),
      node('Reshape', ['h', 'flat'], 'f'),
      node('Gemm', ['f', 'w', 'b'], 'g', { attribute: [{ name: 'transB', type: 2, i: 1 }] }),
      node('Reshape', ['g', 'back'], 'r'),
      node('Transpose', ['r'], 'u', perm(1, 0, 2)),
      node('Flatten', ['u'], 'y'),
    ],
    initializer: [
      ...[ints('heads', 3, -1, 2, 2), ints('flat', -1, 4), ints('back', 3, -1, 1)],
      ...[floatTensor('w', [1, 4], [1, 10, 100, 1000]), floatTensor('b', [1], [0.5])],
    ],
    input: [port('x', { dim_param: 'N' }, ...sized(4, 3))],
    output: [port('y')],
  };
  const network = read(graph);
  expect(network.layer.nodes.map(({ op }) => op)).not.toContain('Gemm');
  expect(trainability(network).refusedUnderPrivacy).toEqual([]);
  const rows = Array.from({ length: 24 }, (_, at) => (at * 7) % 10); // [2, time, features], as examples have it
  const given = await outputsOf(network, rows);
  const expected = [0, 1, 2, 3, 4, 5].map((row) => [1, 10, 100, 1000].reduce((sum, w, at) => sum + w * rows[row * 4 + at]!, 0.5)); // prettier-ignore
  expect(given).toEqual(expected);
});
