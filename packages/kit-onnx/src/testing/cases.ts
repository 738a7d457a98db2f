import { one, unary, type Case } from './case.js';
import { furtherCases } from './further-cases.js';

const pairs = ['Add', 'Sub', 'Mul', 'Div'].flatMap((operator) => [
  one(operator, [4, 3], (b) => b.node(operator, ['x', b.tensor(3)]), 'a vector behind', [0.5, 2]),
  one(operator, [4, 3], (b) => b.node(operator, [b.tensor(4, 1), 'x']), 'a column before', [0.5, 2]),
  one(operator, [1, 3], (b) => b.node(operator, [b.node(operator, ['x', b.tensor(2, 1, 2, 1)]), b.tensor()]), 'both wider', [0.5, 2]), // prettier-ignore
]);

const conv = (
  says: string,
  inputShape: number[],
  kernel: number[],
  attributes: Record<string, number | number[] | string>,
  bias = true,
  operator = 'Conv',
): Case =>
  one(
    operator,
    inputShape,
    (b) => {
      const outputs = operator === 'Conv' ? kernel[0]! : kernel[1]! * Number(attributes['group'] ?? 1);
      return b.node(operator, ['x', b.tensor(...kernel), ...(bias ? [b.tensor(outputs)] : [])], attributes);
    },
    says,
  );

const pool = (
  operator: string,
  says: string,
  inputShape: number[],
  attributes: Record<string, number | number[] | string>,
): Case =>
  one(operator, inputShape, (b) => b.node(operator, [b.node('Mul', ['x', b.tensor(...inputShape)])], attributes), says);

/** Uses of every operator that has a gradient. */
export const cases: readonly Case[] = [
  ...pairs,
  ...[2, 3, 0.5, -1].map(
    (exponent) =>
    one('Pow', [3], (b) => b.node('Pow', [b.node('Mul', ['x', b.tensor(3)]), b.constant('float32', [], [exponent])]), `${exponent}`, [0.5, 2]), // prettier-ignore
  ),
  unary('Neg'),
  unary('Abs'),
  unary('Exp'),
  unary('Log', {}, [0.5, 2]),
  unary('Sqrt', {}, [0.5, 2]),
  unary('Reciprocal', {}, [0.5, 2]),
  unary('Erf'),
  unary('Identity'),
  unary('Relu'),
  unary('LeakyRelu'),
  unary('LeakyRelu', { alpha: 0.2 }),
  unary('Sigmoid'),
  unary('Tanh'),
  unary('Elu'),
  unary('Elu', { alpha: 0.5 }),
  unary('Softplus'),
  unary('Gelu'),
  unary('Gelu', { approximate: 'tanh' }),
  unary('Softmax'),
  unary('Softmax', { axis: 1 }),
  unary('LogSoftmax'),
  unary('Dropout'),
  one('Cast', [3], (b) => b.node('Cast', [b.node('Cast', [b.node('Mul', ['x', b.tensor(3)])], { to: 11 })], { to: 1 })),
  one('Clip', [3], (b) => b.node('Clip', [b.node('Mul', ['x', b.tensor(3)]), b.constant('float32', [], [-0.3]), b.constant('float32', [], [0.4])])), // prettier-ignore
  one('Clip', [3], (b) => b.node('Clip', [b.node('Mul', ['x', b.tensor(3)]), '', b.constant('float32', [], [0.4])]), 'above'), // prettier-ignore
  one('Where', [3], (b) => b.node('Where', [b.constant('bool', [3], [1, 0, 1]), b.node('Mul', ['x', b.tensor(3)]), b.tensor(1)])), // prettier-ignore
  one('Where', [3], (b) => b.node('Where', [b.node('Greater', ['x', b.constant('float32', [], [0.1])]), b.tensor(2, 1, 3), 'x']), 'by the input'), // prettier-ignore

  conv('2-D', [3, 6, 5], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('2-D strides', [2, 7, 6], [4, 2, 3, 2], { strides: [2, 2], pads: [1, 0, 0, 1] }),
  conv('2-D strides that leave a rest', [2, 8, 8], [3, 2, 3, 3], { strides: [2, 3], pads: [1, 1, 1, 1] }, false),
  conv('2-D dilations', [2, 8, 9], [3, 2, 3, 2], { dilations: [2, 3], pads: [2, 0, 1, 1] }),
  conv('2-D groups', [4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
  conv('2-D depthwise', [3, 5, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1], strides: [2, 2] }),
  conv('2-D 1x1 strides', [3, 5, 5], [4, 3, 1, 1], { strides: [2, 2] }, false),
  conv('2-D the same, above', [2, 7, 6], [3, 2, 4, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  conv('2-D the same, below', [2, 7, 6], [3, 2, 4, 3], { auto_pad: 'SAME_LOWER', strides: [2, 1] }),
  conv('2-D valid', [2, 5, 5], [3, 2, 2, 2], { auto_pad: 'VALID' }),
  conv('1-D the same, dilated', [2, 9], [3, 2, 2], { auto_pad: 'SAME_LOWER', dilations: [3] }),
  conv('2-D strides, few positions', [3, 7, 7], [4, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }, false),
  conv('2-D strides, many positions', [2, 15, 15], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }, false),
  conv('2-D one stride, a larger kernel', [2, 8, 6], [3, 2, 4, 5], { strides: [3, 1], pads: [1, 2, 2, 2] }),
  conv('2-D groups and strides', [4, 7, 7], [6, 2, 3, 3], { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv('2-D more pads than the kernel reaches', [2, 4, 4], [3, 2, 2, 2], { pads: [2, 1, 2, 3] }),
  conv('1-D', [3, 9], [4, 3, 3], { pads: [1, 1], strides: [2] }),
  conv('1-D dilation and groups', [4, 9], [4, 2, 2], { dilations: [3], group: 2 }),
  conv('3-D', [2, 4, 5, 4], [3, 2, 2, 3, 2], { pads: [1, 1, 0, 0, 1, 1], strides: [1, 2, 1] }),
  conv('2-D', [3, 4, 5], [3, 2, 3, 3], {}, true, 'ConvTranspose'),
  conv('2-D strides', [3, 4, 4], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }, true, 'ConvTranspose'), // prettier-ignore
  conv('2-D groups', [4, 4, 4], [4, 2, 2, 2], { strides: [2, 2], group: 2 }, false, 'ConvTranspose'),
  conv('2-D dilations', [2, 4, 4], [2, 3, 2, 3], { dilations: [2, 2], pads: [1, 0, 1, 1] }, true, 'ConvTranspose'),
  conv('1-D', [2, 5], [2, 3, 4], { strides: [3], pads: [1, 2] }, true, 'ConvTranspose'),
  conv('3-D', [2, 3, 3, 2], [2, 2, 2, 2, 3], { strides: [2, 1, 2] }, true, 'ConvTranspose'),

  pool('MaxPool', '2-D', [2, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool('MaxPool', 'a rest', [2, 7, 5], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool('MaxPool', 'gaps between windows', [2, 8, 8], { kernel_shape: [2, 2], strides: [3, 3] }),
  pool('MaxPool', '1-D', [2, 9], { kernel_shape: [3], strides: [3] }),
  pool('MaxPool', 'windows overlap', [2, 7, 6], { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] }),
  pool('MaxPool', 'rounded up', [2, 7, 7], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
  pool('MaxPool', 'dilations', [2, 7, 7], { kernel_shape: [2, 2], dilations: [2, 3] }),
  pool('MaxPool', '1-D', [3, 9], { kernel_shape: [3], strides: [2] }),
  pool('MaxPool', '3-D', [2, 4, 4, 4], { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }),
  pool('MaxPool', 'the same, above', [2, 5, 6], { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  pool('AveragePool', '2-D', [2, 6, 6], { kernel_shape: [2, 3], strides: [2, 3] }),
  pool('AveragePool', 'pads', [2, 5, 6], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  pool('AveragePool', 'pads that count', [2, 5, 6], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }), // prettier-ignore
  pool('AveragePool', 'rounded up', [2, 7, 6], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
  pool('AveragePool', 'rounded up, pads that count', [2, 6, 7], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 }), // prettier-ignore
  pool('AveragePool', 'a rest', [2, 8, 7], { kernel_shape: [3, 2], strides: [3, 2] }),
  pool('AveragePool', '1-D', [3, 9], { kernel_shape: [3], strides: [2] }),
  pool('AveragePool', '3-D', [2, 4, 4, 4], { kernel_shape: [2, 2, 2], strides: [1, 2, 2] }),
  pool('GlobalAveragePool', '2-D', [2, 4, 3], {}),
  pool('GlobalAveragePool', '1-D', [2, 4], {}),

  ...[0, 1].flatMap((transA) =>
    [0, 1].map(
      (transB) =>
      one('Gemm', [4], (b) => {
        const x = transA ? b.node('Transpose', ['x']) : 'x';
        return b.node('Gemm', [x, transB ? b.tensor(5, 4) : b.tensor(4, 5), b.tensor(5)], { transA, transB, alpha: 0.5, beta: 2 }); // prettier-ignore
      }, `transA ${transA} transB ${transB}`), // prettier-ignore
    ),
  ),
  one('Gemm', [4], (b) => b.node('Gemm', ['x', b.tensor(4, 5)]), 'no third'),
  one('Gemm', [4], (b) => b.node('Gemm', ['x', b.tensor(4, 5), b.tensor(1, 1)]), 'a number'),
  one('MatMul', [4], (b) => b.node('MatMul', ['x', b.tensor(4, 3)]), 'matrices'),
  one('MatMul', [2, 5, 4], (b) => b.node('MatMul', ['x', b.tensor(4, 3)]), 'many rows'),
  one('MatMul', [2, 5, 4], (b) => b.node('MatMul', ['x', b.tensor(2, 4, 3)]), 'batched'),
  one('MatMul', [2, 5, 4], (b) => b.node('MatMul', [b.tensor(3, 5), 'x']), 'from the left'),
  one('MatMul', [2, 5, 4], (b) => b.node('MatMul', ['x', b.node('Transpose', ['x'], { perm: [0, 1, 3, 2] })]), 'with itself'), // prettier-ignore
  one('MatMul', [1, 5, 4], (b) => b.node('MatMul', ['x', b.tensor(2, 4, 3)]), 'broadcast'),
  one('MatMul', [5, 4], (b) => b.node('MatMul', ['x', b.tensor(4)]), 'a vector behind'),
  one('MatMul', [4, 5], (b) => b.node('MatMul', [b.tensor(4), 'x']), 'a vector before'),
  one('MatMul', [4], (b) => b.node('MatMul', ['x', b.tensor(4)]), 'rows by a vector'),

  one('InstanceNormalization', [3, 4, 2], (b) => b.node('InstanceNormalization', ['x', b.tensor(3), b.tensor(3)])),
  one('InstanceNormalization', [2, 6], (b) => b.node('InstanceNormalization', ['x', b.tensor(2), b.tensor(2)], { epsilon: 0.01 }), '1-D'), // prettier-ignore
  one('GroupNormalization', [6, 3, 2], (b) => b.node('GroupNormalization', ['x', b.tensor(6), b.tensor(6)], { num_groups: 3 })), // prettier-ignore
  one('LayerNormalization', [4, 5], (b) => b.node('LayerNormalization', ['x', b.tensor(5), b.tensor(5)])),
  one('LayerNormalization', [4, 5], (b) => b.node('LayerNormalization', ['x', b.tensor(4, 5)], { axis: 1, epsilon: 0.1 }), 'two axes, no shift'), // prettier-ignore
  one('BatchNormalization', [3, 4, 2], (b) => {
    const [mean, variance] = [b.constant('float32', [3], [0.1, -0.2, 0.3]), b.constant('float32', [3], [0.5, 1, 2])];
    return b.node('BatchNormalization', ['x', b.tensor(3), b.tensor(3), mean, variance]);
  }),
  one('BatchNormalization', [3], (b) => {
    const [mean, variance] = [b.constant('float32', [3], [0.1, -0.2, 0.3]), b.constant('float32', [3], [0.5, 1, 2])];
    return b.node('BatchNormalization', ['x', b.tensor(3), b.tensor(3), mean, variance], { epsilon: 0.1 });
  }, 'of vectors'), // prettier-ignore

  ...['ReduceMean', 'ReduceSum'].flatMap((operator) => [
    one(operator, [3, 4], (b) => b.node(operator, ['x', b.ints(-1)], { keepdims: 0 }), 'the last'),
    one(operator, [3, 4], (b) => b.node(operator, ['x', b.ints(1, 2)]), 'two, kept'),
    one(operator, [3, 4], (b) => b.node(operator, ['x'], { noop_with_empty_axes: 1 }), 'none'),
  ]),
  one('ReduceMean', [3, 4], (b) => b.node('ReduceMean', ['x'], { axes: [2], keepdims: 0 }), 'before version 18', [-1, 1], 13), // prettier-ignore
  one('ReduceSum', [3, 4], (b) => b.node('ReduceSum', [b.node('Mul', ['x', b.tensor(1)])], { keepdims: 0 }), 'over examples too'), // prettier-ignore

  one('Reshape', [3, 4], (b) => b.node('Reshape', ['x', b.ints(0, -1, 2)]), 'with 0 and -1'),
  one('Reshape', [3, 4], (b) => {
    // x.view(x.shape[0], -1) as it is exported
    const first = b.node('Gather', [b.node('Shape', ['x']), b.constant('int64', [], [0])]);
    const shape = b.node('Concat', [b.node('Unsqueeze', [first, b.ints(0)]), b.ints(-1)], { axis: 0 });
    return b.node('Reshape', ['x', shape]);
  }, 'by its own shape'), // prettier-ignore
  one('Reshape', [3, 4], (b) => b.node('Mul', ['x', b.node('Reshape', [b.tensor(6, 2), b.ints(3, 4)])]), 'of a tensor'),
  one('Flatten', [3, 2, 2], (b) => b.node('Flatten', ['x'])),
  one('Flatten', [3, 2, 2], (b) => b.node('Flatten', ['x'], { axis: -2 }), 'axis -2'),
  one('Transpose', [3, 4], (b) => b.node('Transpose', ['x'], { perm: [2, 0, 1] })),
  one('Transpose', [3, 4], (b) => b.node('Transpose', ['x']), 'turned round'),
  one('Transpose', [3], (b) => b.node('MatMul', ['x', b.node('Transpose', [b.tensor(5, 3)])]), 'of a tensor'),
  one('MatMul', [3, 4], (b) => {
    const w = b.tensor(4, 4); // used twice
    return b.node('MatMul', [b.node('Tanh', [b.node('MatMul', ['x', w])]), w]);
  }, 'by a tensor twice'), // prettier-ignore
  one('MatMul', [5, 4], (b) => {
    // The sequence first, examples second, as torch's layers have it by default.
    const turned = b.node('Transpose', ['x'], { perm: [1, 0, 2] });
    return b.node('Add', [b.node('MatMul', [turned, b.tensor(4, 3)]), b.tensor(3)]);
  }, 'examples second'), // prettier-ignore
  one('MatMul', [6, 4], (b) => {
    // Heads: [N, 6, 4] as [2N, 3, 4].
    const heads = b.node('Reshape', ['x', b.ints(-1, 3, 4)]);
    return b.node('Mul', [b.node('MatMul', [heads, b.tensor(4, 2)]), b.tensor(3, 1)]);
  }, 'examples with heads'), // prettier-ignore
  one('Squeeze', [1, 4, 1], (b) => b.node('Squeeze', ['x', b.ints(1, -1)])),
  one('Unsqueeze', [4], (b) => b.node('Unsqueeze', ['x', b.ints(1, -1)])),
  one('Expand', [1, 3], (b) => b.node('Expand', ['x', b.ints(2, 1, 4, 3)])),
  one('Expand', [2], (b) => {
    const rows = b.node('Slice', [b.node('Shape', ['x']), b.ints(0), b.ints(1)]);
    const repeated = b.node('Expand', [b.tensor(1, 3), b.node('Concat', [rows, b.ints(3)], { axis: 0 })]);
    return b.node('Concat', ['x', repeated], { axis: 1 });
  }, 'to the number of examples'), // prettier-ignore
  one('ConstantOfShape', [2], (b) => {
    const ones = b.node('ConstantOfShape', [b.node('Shape', ['x'])], { value: 2 });
    return b.node('Mul', [ones, b.node('Mul', ['x', b.tensor(2)])]);
  }), // prettier-ignore
  one('Concat', [3, 4], (b) => b.node('Concat', ['x', b.node('Mul', ['x', b.tensor(3, 4)]), 'x'], { axis: -1 })),
  one('Split', [3, 5], (b) => {
    const [first, second] = b.nodes2('Split', ['x', b.ints(2, 3)], 2, { axis: 2 }) as [string, string];
    return b.node('Concat', [b.node('Mul', [second, b.tensor(3)]), b.node('Exp', [first])], { axis: 2 });
  }), // prettier-ignore
  one('Split', [5], (b) => b.nodes2('Split', [b.node('Mul', ['x', b.tensor(5)])], 2, { axis: 1 })[1]!, 'in two'),
  one('Slice', [6, 5], (b) => b.node('Slice', ['x', b.ints(1, 0), b.ints(5, -1), b.ints(1, 2)])),
  one(
    'Slice',
    [7, 5],
    (b) => b.node('Slice', ['x', b.ints(1, -1), b.ints(7, -6), b.ints(1, 2), b.ints(3, -2)]),
    'steps',
  ),
  one('Slice', [7], (b) => b.node('Slice', ['x', b.ints(-2), b.ints(-1000), b.ints(1), b.ints(-2)]), 'backwards to the start'), // prettier-ignore
  one('Pad', [3, 4], (b) => b.node('Pad', ['x', b.ints(0, 1, 2, 0, 0, 3)])),
  one('Pad', [3, 4], (b) => b.node('Pad', ['x', b.ints(1, -1), b.constant('float32', [], [0.5]), b.ints(-1)]), 'one axis, cut behind'), // prettier-ignore
  one('Gather', [4], (b) => {
    const rows = b.node('Cast', [b.node('Mul', [b.node('Sigmoid', ['x']), b.constant('float32', [], [5])])], { to: 7 });
    return b.node('Gather', [b.tensor(5, 3), rows]);
  }, 'embeddings'), // prettier-ignore
  one('Gather', [4, 3], (b) => b.node('Gather', ['x', b.constant('int64', [], [-1])], { axis: 1 }), 'one part'),
  one('Gather', [4, 3], (b) => b.node('Gather', ['x', b.constant('int64', [2, 2], [0, 2, 2, 1])], { axis: 2 }), 'parts twice'), // prettier-ignore
  ...furtherCases,
];
