import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileNamed, fileNames } from '../testing/files.js';
import { floatTensor, modelBytes } from '../testing/model.js';
import { readOnnxFile } from './read-file.js';
import { readOnnx } from './read-onnx.js';

const node = (op_type: string, input: string[], output: string[], others: object = {}) => ({ op_type, name: op_type, input, output, ...others }); // prettier-ignore
const read = (graph: Record<string, unknown>) => readOnnx(modelBytes({ graph }), 'm.onnx');
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringMatching(message) as string }) as Error;

describe('readOnnx', () => {
  it.each(fileNames)('reads what PyTorch wrote: %s', (name) => {
    const file = readOnnx(fileNamed(name), name);
    expect(file.producer).toMatch(/pytorch 2\.13/);
    expect(file.inputs).toHaveLength(1);
    expect(file.nodes.at(-1)!.outputs).toEqual([file.outputs[0]!.name]);
    const [first] = file.nodes;
    const weight = file.initializers.get(first!.inputs[1]!)!;
    expect(weight.values).toHaveLength(weight.shape.reduce((product, n) => product * n, 1));
  });

  it('tells nodes with their attributes, tensors with their numbers, and ports', () => {
    const file = readOnnx(fileNamed('signal'), 'signal');
    expect(file.opset).toBe(13);
    expect(file.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['N', 2, 16] }]);
    expect(Object.fromEntries(file.nodes[0]!.attributes)).toEqual({ dilations: [1], group: 1, kernel_shape: [3], pads: [0, 0], strides: [2] }); // prettier-ignore
    expect(file.nodes[1]!.attributes.get('alpha')).toBe(Math.fround(0.1));
    expect(file.initializers.get('0.weight')).toMatchObject({ type: 'float32', shape: [4, 2, 3] });
  });

  const raw = (array: { readonly buffer: ArrayBufferLike }) => ({ raw_data: new Uint8Array(array.buffer) });
  it.each([
    ['float32', 1, raw(Float32Array.of(1.5, -2)), [1.5, -2]],
    ['float32', 1, { float_data: [1.5, -2] }, [1.5, -2]],
    ['int32', 6, raw(Int32Array.of(-3, 4)), [-3, 4]],
    ['int32', 6, { int32_data: [-3, 4] }, [-3, 4]],
    ['int64', 7, raw(BigInt64Array.of(-3n, 2n ** 63n - 1n)), [-3, Number.MAX_SAFE_INTEGER]],
    ['int64', 7, { int64_data: [-3, 4] }, [-3, 4]],
    ['bool', 9, raw(Uint8Array.of(0, 7)), [0, 1]],
    ['bool', 9, { int32_data: [0, 1] }, [0, 1]],
    ['float32', 10, raw(Uint16Array.of(0x3e00, 0x8001)), [1.5, -(2 ** -24)]],
    ['float32', 10, { int32_data: [0x7c00, 0xfbff] }, [Infinity, -65504]],
    ['float64', 11, raw(Float64Array.of(1 / 3, -2)), [1 / 3, -2]],
    ['float64', 11, { double_data: [1 / 3, -2] }, [1 / 3, -2]],
    ['float32', 16, raw(Uint16Array.of(0x3fc0, 0xc000)), [1.5, -2]],
  ])('reads numbers: %s of data type %i, %o', (type, data_type, numbers, values) => {
    const initializer = [floatTensor('w', [2, 1], [1, 2]), { name: 'k', dims: [2], data_type, ...numbers }];
    const tensor = read({ initializer }).initializers.get('k')!;
    expect(tensor.type).toBe(type);
    expect(Array.from(tensor.values)).toEqual(values);
  });

  it('puts nodes into an order, and leaves out inputs that have an initializer', () => {
    const nodes = [node('Relu', ['h'], ['y']), node('Gemm', ['x', 'w'], ['h'])];
    const port = (name: string) => ({ name, type: { tensor_type: { elem_type: 1 } } });
    const file = read({ node: nodes, input: [port('x'), port('w')] });
    expect(file.nodes.map(({ op }) => op)).toEqual(['Gemm', 'Relu']);
    expect(file.inputs).toEqual([{ name: 'x', type: 'float32', shape: undefined }]);
  });

  const tensor = (members: object) => ({ initializer: [{ ...floatTensor('w', [2, 1], [1, 2]), ...members }] });
  it.each([
    [
      'a circle',
      { node: [node('Add', ['x', 'b'], ['a']), node('Add', ['a', 'w'], ['b']), node('Relu', ['a'], ['y'])] },
      /circle/,
    ],
    [
      'two values of one name',
      { node: [node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])] },
      /"y" is given twice/,
    ],
    [
      'two tensors of one name',
      { initializer: [floatTensor('w', [1], [1]), floatTensor('w', [1], [1])] },
      /two tensors are called "w"/,
    ],
    ['an unknown input', { node: [node('Relu', ['z'], ['y'])] }, /"Relu" \(Relu\) takes "z", which nothing gives/],
    ['an unknown output', { node: [node('Relu', ['x'], ['z'])] }, /nothing gives the output "y"/],
    ['a node without an operator', { node: [node('', ['x'], ['y'])] }, /names no operator/],
    [
      'an attribute twice',
      {
        node: [
          node('Elu', ['x'], ['y'], {
            attribute: [
              { name: 'alpha', type: 1, f: 1 },
              { name: 'alpha', type: 1, f: 2 },
            ],
          }),
        ],
      },
      /alpha twice/,
    ],
    [
      'an attribute that is not finite',
      { node: [node('Elu', ['x'], ['y'], { attribute: [{ name: 'alpha', type: 1, f: NaN }] })] },
      /NaN for the attribute alpha/,
    ],
    [
      'a branch',
      { node: [node('If', ['x'], ['y'], { attribute: [{ name: 'then_branch', type: 5, g: {} }] })] },
      /"If" \(If\) has a graph inside of it/,
    ],
    [
      'weights elsewhere',
      tensor({ data_location: 1, external_data: [{ key: 'location', value: '/etc/passwd' }] }),
      /"w" lies in another file/,
    ],
    ['too few numbers', tensor({ dims: [3, 1] }), /\[3,1\], that is 3 values, and there are 2/],
    ['bytes that are no numbers', tensor({ raw_data: new Uint8Array(7) }), /2 values, and there are 1.75/],
    ['a negative size', tensor({ dims: [-2, -1] }), /shape \[-2,-1\]/],
    ['a huge shape', tensor({ dims: [2 ** 40, 2 ** 40] }), /more than 268435456 values/],
    ['numbers of a type that is not read', tensor({ data_type: 14 }), /complex64/],
    ['texts', tensor({ data_type: 8 }), /type string/],
    ['sparse tensors', { sparse_initializer: [{}] }, /sparse/],
    ['a huge text', { name: 'x'.repeat(70_000) }, /graph\.name is a text of 70000 bytes/],
  ])('refuses %s, naming it', (_, graph, message) => {
    expect(() => read(graph)).toThrow(invalid(message));
  });

  it.each([
    ['a training graph', { training_info: [{}] }, /training graph/],
    ['functions', { functions: [{}] }, /functions of its own/],
    ['no version of operators', { opset_import: [] }, /does not say once/],
  ])('refuses %s', (_, members, message) => {
    expect(() => readOnnx(modelBytes(members))).toThrow(invalid(message));
  });

  it('refuses what is no ONNX model', () => {
    expect(() => readOnnx(new Uint8Array(0))).toThrow(invalid(/no graph/));
    expect(() => readOnnx(new TextEncoder().encode('{"model": 1}'))).toThrow(invalid(/no ONNX model/));
    const pickle = new TextEncoder().encode('PK\u0003\u0004archive/data.pkl');
    expect(() => readOnnx(pickle, 'model.pt')).toThrow(invalid(/model\.pt is no ONNX model/));
  });

  it('says where a file is damaged: another wire type, a number without end, a length past the end', () => {
    const graph = (...bytes: number[]) => Uint8Array.of(0x3a, bytes.length, ...bytes);
    // Node as a number; a name (field 2) as eight bytes; a list of dims that is longer than its tensor.
    expect(() => readOnnx(graph(0x08, 1))).toThrow(invalid(/graph\.node\[0\] is damaged: wire type 0/));
    expect(() => readOnnx(Uint8Array.of(0x08, ...Array<number>(12).fill(0xff)))).toThrow(
      invalid(/ir_version .*does not end/),
    );
    expect(() => readOnnx(graph(0x2a, 2, 0x0a, 9))).toThrow(invalid(/graph\.initializer\[0\]\.dims\[0\] is cut short/));
    expect(() => readOnnx(graph(0x0a, 0x7f))).toThrow(invalid(/graph\.node\[0\] is cut short/));
  });

  it('refuses a huge attribute before it is a list', () => {
    const attribute = [{ name: 'pads', type: 7, ints: new Array<number>(1_000_001).fill(1) }];
    expect(() => read({ node: [node('Pad', ['x'], ['y'], { attribute })] })).toThrow(
      invalid(/attribute\[0\]\.ints.* past the 1000000th part/),
    );
  });

  it('makes nothing of many empty parts', () => {
    const empty = new Uint8Array(2_100_000).map((_, at) => (at % 2 === 0 ? 0x0a : 0));
    const length = [empty.length & 127, (empty.length >> 7) & 127, (empty.length >> 14) & 127, empty.length >> 21];
    const head = [0x3a, length[0]! | 128, length[1]! | 128, length[2]! | 128, length[3]!];
    const bytes = new Uint8Array(head.length + empty.length);
    bytes.set(head);
    bytes.set(empty, head.length);
    expect(() => readOnnx(bytes)).toThrow(invalid(/1000000th part/));
  });
});

describe('readOnnxFile', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-onnx-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads the file that is named', async () => {
    const path = join(folder, 'm.onnx');
    writeFileSync(path, modelBytes());
    expect((await readOnnxFile(path)).file.nodes).toHaveLength(1);
  });

  it('refuses one of more than 2 GB before it reads it, one that is not there, and a folder', async () => {
    const path = join(folder, 'large.onnx');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 31);
    await expect(readOnnxFile(path)).rejects.toThrow(invalid(/2147483648 bytes/));
    await expect(readOnnxFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readOnnxFile(folder)).rejects.toThrow(invalid(/no file/));
  });
});
