import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeModel } from '@fedward/kit-onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './support/command.ts';

const watch = new URL('support/watch.js', import.meta.url).href;
const good = fileURLToPath(new URL('../packages/kit-onnx/src/testing/files/residual-batch-norm.onnx', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fedward-hostile-'));
const models = join(folder, 'models');
/** What no file may make the command open. */
const secret = join(folder, 'secret.bin');

type Raw = Record<string, unknown>;
const port = (name: string, ...dims: (number | string)[]): Raw => ({
  name,
  type: { tensor_type: { elem_type: 1, shape: { dim: dims.map((n) => (typeof n === 'number' ? { dim_value: n } : { dim_param: n })) } } }, // prettier-ignore
});
const floats = (name: string, dims: readonly number[], count = dims.reduce((all, n) => all * n, 1)): Raw => ({ name, dims, data_type: 1, raw_data: new Uint8Array(4 * count) }); // prettier-ignore
const node = (op_type: string, input: string[], output: string[], attribute: Raw[] = []): Raw => ({ op_type, input, output, attribute }); // prettier-ignore

/** x [N, 2] times w [2, 1]; members of the graph over those. */
function model(graph: Raw = {}): Uint8Array {
  return encodeModel({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'g',
      node: [node('Gemm', ['x', 'w'], ['y'])],
      initializer: [floats('w', [2, 1])],
      input: [port('x', 'N', 2)],
      output: [port('y', 'N', 1)],
      ...graph,
    },
  });
}
const weight = (members: Raw): Uint8Array => model({ initializer: [{ ...floats('w', [2, 1]), ...members }] });
const elsewhere = (location: string): Uint8Array =>
  weight({ raw_data: undefined, data_location: 1, external_data: [{ key: 'location', value: location }] });

/** A member of a number, and a length in four bytes and more: 2^31 - 1. */
const long = (tag: number): number[] => [tag, 0xff, 0xff, 0xff, 0xff, 0x07];
/** A model whose graph has a node with an attribute that is a graph, which has a node, and so on, as deep as asked. */
function nested(depth: number): Uint8Array {
  const parts: number[][] = [];
  let length = 0;
  for (let level = depth * 3; level >= 0; level--) {
    const head = [level === 0 ? 0x3a : [0x32, 0x0a, 0x2a][level % 3]!];
    for (let rest = length; ; rest >>>= 7) {
      head.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    parts.push(head);
    length += head.length;
  }
  const opset = [0x42, 2, 0x10, 17];
  return Uint8Array.from([...opset, ...parts.toReversed().flat()]);
}

/** Bytes, or what makes the file; what is said of it. */
const cases: Record<string, [Uint8Array | ((path: string) => void), RegExp]> = {
  'cut short': [readFileSync(good).subarray(0, 3000), /is no ONNX model: .*is cut short/],
  'cut short at its first byte': [Uint8Array.of(0x3a), /is cut short/],
  empty: [new Uint8Array(0), /there is no graph in it/],
  'a graph of 2 GB': [Uint8Array.from(long(0x3a)), /graph is cut short/],
  'a text of 2 GB': [Uint8Array.from(long(0x12)), /producer_name is cut short/],
  'a tensor of 2 GB': [Uint8Array.of(0x3a, 8, 0x2a, 6, ...long(0x4a)), /raw_data is cut short/],
  'a hole of 2 GB': [(path) => sparse(path, 2 ** 31), /2147483648 bytes; the most is/],
  'a hole of just below 2 GB': [(path) => sparse(path, 2 ** 31 - 1), /no member begins so/],
  'a list of 4,000,000 numbers': [
    model({ node: [node('Gemm', ['x', 'w'], ['y'], [{ name: 'a', type: 7, ints: new Array<number>(4_000_000).fill(1) }])] }), // prettier-ignore
    /past the 1000000th part/,
  ],
  'a product of sizes beyond any number': [weight({ dims: [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1] }), /more than 268435456 values/], // prettier-ignore
  'sizes whose product would be 0 in 64 bits': [weight({ dims: [2 ** 32, 2 ** 32] }), /more than 268435456 values/],
  'a negative size': [weight({ dims: [-1, -2] }), /has the shape \[-1,-2\]/],
  'too few numbers': [weight({ dims: [3, 1] }), /that is 3 values, and there are 2/],
  'too many numbers': [weight({ raw_data: new Uint8Array(12) }), /that is 2 values, and there are 3/],
  'a value of a terabyte made while it runs': [
    model({
      node: [node('Expand', ['x', 'shape'], ['e']), node('ReduceSum', ['e'], ['y'])],
      initializer: [{ name: 'shape', dims: [5], data_type: 7, int64_data: [1000, 1000, 1000, 1, 1] }],
    }),
    /Expand \(e\): .*is more than 268435456 numbers of an example/,
  ],
  'a graph inside of a node': [
    model({ node: [node('If', ['x'], ['y'], [{ name: 'then_branch', type: 5, g: {} }])] }),
    /\(If\) has a graph inside of it/,
  ],
  '100,000 graphs inside of each other': [nested(100_000), /names no operator/],
  'a circle': [
    model({ node: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Gemm', ['b', 'w'], ['y'])] }),
    /waits for its own output: a circle/,
  ],
  'a node that takes itself': [model({ node: [node('Add', ['x', 'y'], ['y'])] }), /a circle/],
  'two values of one name': [
    model({ node: [node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])] }),
    /"y" is given twice/,
  ],
  'two tensors of one name': [model({ initializer: [floats('w', [2, 1]), floats('w', [2, 1])] }), /two tensors are called "w"/], // prettier-ignore
  'an input that is a node’s too': [model({ node: [node('Relu', ['w'], ['x'])] }), /"x" is given twice/],
  'weights in a folder above': [elsewhere('../secret.bin'), /"w" lies in another file/],
  'weights by an absolute path': [elsewhere(secret), /"w" lies in another file/],
  'weights behind a link': [
    (path) => {
      symlinkSync(secret, join(models, 'link.bin'));
      writeFileSync(path, elsewhere('link.bin'));
    },
    /"w" lies in another file/,
  ],
  'weights of an attribute elsewhere': [
    model({
      node: [
        node('Constant', [], ['c'], [{ name: 'value', type: 4, t: { ...floats('t', [2, 1]), raw_data: undefined, data_location: 1, external_data: [{ key: 'location', value: secret }] } }]), // prettier-ignore
        node('Gemm', ['x', 'c'], ['y']),
      ],
    }),
    /lies in another file/,
  ],
  'a pipe': [(path) => void spawnSync('mkfifo', [path]), /is no file/],
  'a folder': [(path) => mkdirSync(path), /is no file/],
};

function sparse(path: string, size: number): void {
  writeFileSync(path, '');
  truncateSync(path, size);
}

describe('a file of anybody is refused by name, with little memory, and no other file is opened', () => {
  beforeAll(() => {
    mkdirSync(models);
    writeFileSync(secret, new Uint8Array(8));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** In a process of its own, with 96 MB for what JavaScript makes. */
  async function imported(path: string) {
    const report = join(folder, 'report.json');
    const limit = `export FEDWARD_WATCH='${report}' NODE_OPTIONS='--max-old-space-size=96 --import ${watch}'`;
    const finished = await start(['model', 'import', path], undefined, limit);
    const { opened, kilobytes } = JSON.parse(readFileSync(report, 'utf8')) as { opened: string[]; kilobytes: number };
    return { ...finished, kilobytes, opened: opened.filter((file) => file.includes(folder) && file !== report) };
  }
  let usual: number;

  it('reads one that is good', async () => {
    const { code, stderr, opened, kilobytes } = await imported(good);
    expect(code, stderr).toBe(0);
    expect(opened).toEqual([]); // it lies elsewhere
    usual = kilobytes;
  });

  it.each(Object.entries(cases))('%s', async (name, [given, says]) => {
    const path = join(models, `${name.replaceAll(/\W+/g, '-')}.onnx`);
    if (typeof given === 'function') given(path);
    else writeFileSync(path, given);
    const { code, signal, stderr, opened, kilobytes } = await imported(path);
    expect(stderr).toMatch(says);
    expect([code, signal]).toEqual([2, null]);
    expect(stderr).not.toMatch(/at .*\.js:\d+/); // no stack
    expect(opened).toEqual([path]);
    expect(kilobytes - usual).toBeLessThan(150_000);
  });
});
