import { describe, expect, it } from 'vitest';
import type { Network, NetworkNode } from '../network/network.js';
import { NetworkBuilder } from '../testing/network-builder.js';
import { inferTypes, multiplyAdds } from './infer.js';

const N = { batch: 1 };

function network(write: (b: NetworkBuilder) => string, opset = 21): Network {
  const b = new NetworkBuilder(opset);
  return b.build(write(b));
}

function dimsOf(inputShape: readonly number[], write: (b: NetworkBuilder) => string, opset = 21): unknown {
  const built = network(write, opset);
  return inferTypes(built, inputShape).get(built.output)!.dims;
}

describe('types and dimensions', () => {
  it('follow the number of examples, as multiples of it too', () => {
    expect(dimsOf([6, 4], (b) => b.node('Reshape', ['x', b.ints(-1, 3, 4)]))).toEqual([{ batch: 2 }, 3, 4]);
    expect(dimsOf([6, 4], (b) => b.node('Flatten', ['x'], { axis: 2 }))).toEqual([{ batch: 6 }, 4]);
    expect(dimsOf([6, 4], (b) => b.node('Transpose', ['x'], { perm: [1, 0, 2] }))).toEqual([6, N, 4]);
  });

  it('compute what torch exports of shapes: x.view(x.shape[0] * 2, x.shape[2], -1)', () => {
    const dims = dimsOf([6, 4], (b) => {
      const at = (index: number): string =>
        b.node('Gather', [b.node('Shape', ['x']), b.constant('int64', [], [index])]);
      const rows = b.node('Mul', [at(0), b.constant('int64', [], [2])]);
      const parts = [rows, at(2)].map((one) => b.node('Unsqueeze', [one, b.ints(0)]));
      return b.node('Reshape', ['x', b.node('Concat', [...parts, b.ints(-1)], { axis: 0 })]);
    });
    expect(dims).toEqual([{ batch: 2 }, 4, 3]);
  });

  it('compute what torch exports of expand: -1 stands for the size that is there', () => {
    const dims = dimsOf([1, 4], (b) => {
      const asked = b.ints(-1, 5, -1);
      const ones = b.node('ConstantOfShape', [b.ints(3)], { value: 1, type: 7 });
      const isOpen = b.node('Equal', [asked, b.node('Mul', [ones, b.ints(-1)])]);
      return b.node('Expand', ['x', b.node('Where', [isOpen, ones, asked])]);
    });
    expect(dims).toEqual([N, 5, 4]);
  });

  it('know of the number of examples, as a condition, that it holds', () => {
    const dims = dimsOf([6], (b) => {
      const holds = b.node('Cast', [b.node('Shape', ['x'], { start: 0, end: 1 })], { to: 9 });
      return b.node('Reshape', ['x', b.node('Concat', [b.node('Where', [holds, b.ints(-1), b.ints(2)]), b.ints(3)], { axis: 0 })]); // prettier-ignore
    });
    expect(dims).toEqual([{ batch: 2 }, 3]);
    // Other numbers than 1 hold too.
    expect(
      dimsOf([6], (b) => b.node('Reshape', ['x', b.node('Where', [b.constant('bool', [2], [2, 0]), b.ints(-1, -1), b.ints(2, 3)])])), // prettier-ignore
    ).toEqual([{ batch: 2 }, 3]);
  });

  it('count windows as ONNX does', () => {
    const of = (attributes: NetworkNode['attributes']): unknown =>
      dimsOf([2, 7, 7], (b) => b.node('MaxPool', ['x'], { kernel_shape: [2, 2], strides: [2, 2], ...attributes }));
    expect(of({})).toEqual([N, 2, 3, 3]);
    expect(of({ ceil_mode: 1 })).toEqual([N, 2, 4, 4]);
    expect(of({ auto_pad: 'SAME_UPPER' })).toEqual([N, 2, 4, 4]);
    expect(of({ pads: [1, 1, 0, 1] })).toEqual([N, 2, 4, 4]);
    // The last window would begin in the pads behind: there is none.
    expect(of({ strides: [7, 7], pads: [0, 0, 1, 1], ceil_mode: 1 })).toEqual([N, 2, 1, 1]);
  });
});

describe('what is refused names operator and node', () => {
  const refused: [string, readonly number[], (b: NetworkBuilder) => string, string][] = [
    ['an operator that is not in the set', [3], (b) => b.node('LSTM', ['x']), 'LSTM (LSTM0) is not in the set'],
    ['shapes that do not go together', [3], (b) => b.node('Add', ['x', b.tensor(4)]), 'Add (Add1): [N, 3] and [4] do not go together'], // prettier-ignore
    ['matrices that do not fit', [3], (b) => b.node('MatMul', ['x', b.tensor(4, 2)]), "can't be multiplied"],
    ['a kernel that does not fit', [3, 5, 5], (b) => b.node('Conv', ['x', b.tensor(2, 4, 3, 3)]), 'in 1 groups over 3 channels'], // prettier-ignore
    ['a kernel wider than what it is over', [3, 2, 2], (b) => b.node('Conv', ['x', b.tensor(2, 3, 3, 3)]), 'a kernel of 3 over 2'], // prettier-ignore
    ['a shape of other elements', [6], (b) => b.node('Reshape', ['x', b.ints(0, 4)]), '[N, 6] does not become'],
    ['a shape that is computed of values', [2], (b) => b.node('Reshape', ['x', b.node('Cast', ['x'], { to: 7 })]), 'must be a constant, or follow from shapes'], // prettier-ignore
    ['a shape with less than nothing', [4], (b) => b.node('Reshape', ['x', b.ints(0, -2, -2)]), 'is no shape'], // prettier-ignore
    ['a repetition of less than nothing', [1], (b) => b.node('Expand', ['x', b.ints(1, -1)]), 'is no shape'], // prettier-ignore
    ['a shape that is infinite', [1], (b) => b.node('Reshape', ['x', b.node('Cast', [b.constant('float32', [1], [Infinity])], { to: 7 })]), 'must be a constant, or follow from shapes'], // prettier-ignore
    ['part of the examples', [6], (b) => b.node('Slice', ['x', b.ints(1), b.ints(5), b.ints(0)]), 'takes part of the examples'], // prettier-ignore
    ['pads of the examples', [6], (b) => b.node('Pad', ['x', b.ints(1, 0, 0, 0)]), 'must not depend on the number of examples'], // prettier-ignore
    ['pads by reflection', [6], (b) => b.node('Pad', ['x', b.ints(0, 1, 0, 1)], { mode: 'reflect' }), 'mode reflect is not in the set'], // prettier-ignore
    ['statistics of the batch', [6], (b) => b.node('BatchNormalization', ['x', ...[1, 2, 3, 4].map(() => b.tensor(6))], { training_mode: 1 }), 'convert it to GroupNormalization'], // prettier-ignore
    ['strides that are no whole numbers', [2, 6], (b) => b.node('MaxPool', ['x'], { kernel_shape: [2], strides: [0.5] }), 'strides is no list of whole numbers'], // prettier-ignore
    ['strides of 0', [2, 6], (b) => b.node('MaxPool', ['x'], { kernel_shape: [2], strides: [0] }), 'must be at least 1'], // prettier-ignore
    ['half a group', [2, 6], (b) => b.node('Conv', ['x', b.tensor(2, 4, 1)], { group: 0.5 }), 'group is no whole number'], // prettier-ignore
    ['a window before what it is over', [2, 6], (b) => b.node('MaxPool', ['x'], { kernel_shape: [2], pads: [2, 0] }), 'pads must be smaller than the kernel'], // prettier-ignore
    ['a window behind it', [2, 6], (b) => b.node('AveragePool', ['x'], { kernel_shape: [2], pads: [0, 2] }), 'pads must be smaller than the kernel'], // prettier-ignore
    ['a window around it', [2, 4], (b) => b.node('MaxPool', ['x'], { kernel_shape: [2], dilations: [5], pads: [1, 1] }), 'in the pads alone'], // prettier-ignore
    ['values of any size', [2, 6], (b) => b.node('AveragePool', ['x'], { kernel_shape: [1e9], pads: [9e8, 9e8] }), 'is more than'], // prettier-ignore
    ['a value that is not there', [6], (b) => b.node('Relu', ['y']), 'Relu (Relu0) takes y'],
    ['an axis that is not there', [6], (b) => b.node('Softmax', ['x'], { axis: 2 }), 'there is no axis 2'],
    ['elements of two types', [6], (b) => b.node('Add', ['x', b.ints(1)]), 'inputs of types float32 and int64'],
    ['an output that has no use', [6], (b) => b.nodes2('Dropout', ['x'], 2)[1]!, "its output 1 can't be used"],
  ];

  it.each(refused)('%s', (_, inputShape, write, why) => {
    expect(() => inferTypes(network(write), inputShape)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        message: expect.stringContaining(why) as string,
        subject: expect.stringMatching(/^[A-Z][A-Za-z]+\d/) as string,
      }),
    );
  });

  it('constants that are none of their type', () => {
    const built = (type: 'int32' | 'int64' | 'bool', ...values: number[]) =>
      network((b) => b.node('Cast', [b.constant(type, [values.length], values)], { to: 1 }));
    expect(() => inferTypes(built('int64', 3, 0.5), [3])).toThrow(/the constant c0 is int64, and has 0.5/);
    expect(() => inferTypes(built('int32', 2 ** 31), [3])).toThrow(/is int32, and has 2147483648/);
    expect(() => inferTypes(built('int64', 2 ** 53 - 1, -(2 ** 53) + 1), [3])).not.toThrow();
    expect(() => inferTypes(built('bool', 2), [3])).not.toThrow();
  });

  it('two values of one name, and an output that is none', () => {
    const built = network((b) => b.node('Relu', ['x']));
    const twice = { ...built, nodes: [...built.nodes, ...built.nodes] };
    expect(() => inferTypes(twice, [3])).toThrow(expect.objectContaining({ subject: 'Relu0' }));
    expect(() => inferTypes({ ...built, output: 'y' }, [3])).toThrow(expect.objectContaining({ subject: 'y' }));
  });
});

it('multiply-adds are those of convolutions and products of matrices', () => {
  const built = network((b) => {
    const maps = b.node('Conv', ['x', b.tensor(8, 3, 3, 3), b.tensor(8)], { pads: [1, 1, 1, 1], strides: [2, 2] });
    const up = b.node('ConvTranspose', [maps, b.tensor(8, 2, 2, 2)], { strides: [2, 2] });
    const flat = b.node('Flatten', [b.node('Relu', [up])]);
    return b.node('MatMul', [b.node('Gemm', [flat, b.tensor(128, 10), b.tensor(10)]), b.tensor(10, 4)]);
  });
  expect(multiplyAdds(built, [3, 8, 8])).toBe(16 * 8 * 3 * 9 + 16 * 8 * 2 * 4 + 128 * 10 + 10 * 4);
});
