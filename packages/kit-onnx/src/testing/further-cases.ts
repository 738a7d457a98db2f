import { one, unary, type Case, type Write } from './case.js';
import type { NetworkBuilder } from './network-builder.js';

/** The input times a tensor of its shape, so that there is a gradient by a tensor, by example too. */
const scaled = (b: NetworkBuilder, ...shape: number[]): string => b.node('Mul', ['x', b.tensor(...shape)]);

const reduced = ['ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp'].flatMap(
  (operator) => [
    one(operator, [3, 4], (b) => b.node(operator, [scaled(b, 3, 4), b.ints(-1)], { keepdims: 0 }), 'the last'),
    one(operator, [3, 4], (b) => b.node(operator, [scaled(b, 3, 4), b.ints(1, 2)]), 'two, kept'),
    one(operator, [3, 4], (b) => b.node(operator, [scaled(b, 3, 4)], { axes: [1] }), 'before version 18', [-1, 1], 13),
  ],
);

type Attributes = Record<string, number | number[] | string>;
const resized = (
  says: string,
  inputShape: number[],
  attributes: Attributes,
  operands: (b: NetworkBuilder) => string[],
) =>
  one('Resize', inputShape, (b) => b.node('Resize', [scaled(b, ...inputShape), '', ...operands(b)], attributes), says);
const scales = (...values: number[]) => (b: NetworkBuilder): string[] => [b.constant('float32', [values.length], values)]; // prettier-ignore
const sizes = (...values: number[]) => (b: NetworkBuilder): string[] => ['', b.ints(...values)]; // prettier-ignore
const torch = { coordinate_transformation_mode: 'pytorch_half_pixel' };
const corners = { coordinate_transformation_mode: 'align_corners' };
const steps = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };

const einsum = (says: string, inputShape: number[], equation: string, write: Write): Case =>
  one('Einsum', inputShape, (b) => b.node('Einsum', [scaled(b, ...inputShape), write(b)], { equation }), says);

/** Uses of the operators that came after the first ones. */
export const furtherCases: readonly Case[] = [
  unary('HardSigmoid', {}, [-4, 4]),
  unary('HardSigmoid', { alpha: 0.3, beta: 0.4 }, [-4, 4]),
  unary('HardSwish', {}, [-4, 4]),
  // Of many values, so that some lie near each bend.
  one('HardSwish', [60], (b) => b.node('HardSwish', [scaled(b, 60)]), 'many', [-2.2, 2.2]),
  one('HardSigmoid', [60], (b) => b.node('HardSigmoid', [scaled(b, 60)]), 'many', [-2, 2]),
  unary('Selu'),
  unary('Selu', { alpha: 1.5, gamma: 1.2 }),
  unary('Celu'),
  unary('Celu', { alpha: 0.5 }),
  unary('Mish'),
  unary('Softsign'),
  unary('Sin'),
  unary('Cos'),
  one('PRelu', [3, 4], (b) => b.node('PRelu', [scaled(b, 3, 4), b.tensor(3, 1)]), 'a slope a channel'),
  one('PRelu', [3, 4], (b) => b.node('PRelu', ['x', b.tensor(1)]), 'one slope'),
  ...['Max', 'Min'].flatMap((operator) => [
    one(operator, [3, 4], (b) => b.node(operator, ['x', b.tensor(4)]), 'a vector behind'),
    one(operator, [3, 4], (b) => b.node(operator, [b.tensor(3, 1), 'x', b.tensor(2, 1, 1, 1)]), 'three'),
  ]),
  ...reduced,
  one('GlobalMaxPool', [2, 4, 3], (b) => b.node('GlobalMaxPool', [scaled(b, 2, 4, 3)]), '2-D'),
  one('GlobalMaxPool', [2, 5], (b) => b.node('GlobalMaxPool', [scaled(b, 2, 5)]), '1-D'),

  resized('nearest, twice', [2, 3, 4], steps, scales(1, 1, 2, 2)),
  resized('nearest, smaller', [2, 6, 5], { ...torch, nearest_mode: 'round_prefer_ceil', axes: [2, 3] }, sizes(3, 3)),
  resized('nearest, by ONNX without attributes', [2, 4], {}, scales(1, 1, 2.5)),
  resized('nearest, rounded up', [2, 4], { ...steps, nearest_mode: 'ceil' }, scales(1, 1, 1.5)),
  resized('linear, larger', [2, 3, 4], { mode: 'linear', ...torch }, scales(1, 1, 2, 3)),
  resized('linear, smaller', [1, 7, 6], { mode: 'linear', axes: [-2, -1] }, sizes(3, 4)),
  resized('linear, corners', [2, 3, 4], { mode: 'linear', ...corners, axes: [1, 2, 3] }, sizes(2, 5, 4)),
  resized('linear, 3-D', [1, 2, 3, 2], { mode: 'linear', ...torch }, scales(1, 1, 2, 2, 2)),
  resized('linear, one place', [1, 4, 3], { mode: 'linear', ...torch, axes: [2, 3] }, sizes(1, 5)),
  resized('linear, named axes', [1, 4, 3], { mode: 'linear', axes: [2] }, sizes(6)),
  resized('cubic', [1, 4, 5], { mode: 'cubic', ...torch, cubic_coeff_a: -0.75 }, scales(1, 1, 2, 2)),
  one('Resize', [2, 4, 4], (b) => {
    // F.interpolate(x, size=x.shape[2:] * 2), as it is exported: the first two sizes are those of the value.
    const shape = b.node('Shape', ['x']);
    const kept = b.node('Slice', [shape, b.ints(0), b.ints(2), b.ints(0)]);
    const to = b.node('Concat', [kept, b.ints(8, 8)], { axis: 0 });
    return b.node('Resize', [scaled(b, 2, 4, 4), '', '', to], { mode: 'linear', ...torch });
  }, 'by the shape of another'), // prettier-ignore

  one('Tile', [1, 3], (b) => b.node('Tile', [scaled(b, 1, 3), b.ints(1, 4, 2)])),
  one('CastLike', [3], (b) => {
    const exact = b.node('CastLike', [scaled(b, 3), b.constant('float64', [], [1])]);
    return b.node('CastLike', [exact, 'x']);
  }), // prettier-ignore
  one('Gather', [2, 3, 4], (b) => {
    const places = b.constant('int64', [2, 3], [0, 4, -1, 4, 1, 0]);
    return b.node('Add', ['x', b.node('Gather', [b.tensor(5, 4), places])]);
  }, 'rows that all examples take'), // prettier-ignore
  one('GatherElements', [3, 4], (b) => {
    const places = b.node('Cast', [b.node('Mul', ['x', b.constant('float32', [], [1.9])])], { to: 7 });
    return b.node('GatherElements', [scaled(b, 3, 4), places], { axis: 1 });
  }), // prettier-ignore
  one('Trilu', [3, 4], (b) => b.node('Trilu', [scaled(b, 3, 4)]), 'above'),
  one('Trilu', [3, 4], (b) => b.node('Trilu', [scaled(b, 3, 4), b.constant('int64', [], [1])], { upper: 0 }), 'below'),

  einsum('heads', [3, 2, 4], 'bihd,bjhd->bhij', () => 'x'),
  einsum('a matrix', [3, 4], 'bij,jk->bik', (b) => b.constant('float32', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8])),
  einsum('turned round', [3, 4], 'bij, bkj -> kib', () => 'x'),
  einsum('outer', [3], 'bi,bj->bij', () => 'x'),
  einsum('what one has alone is added up', [3, 4], 'bij,bkl->bk', () => 'x'),
  one('Einsum', [3, 4], (b) => b.node('Einsum', [scaled(b, 3, 4)], { equation: 'bij->bji' }), 'one factor'),
  one('Einsum', [3, 4], (b) => b.node('Einsum', [scaled(b, 3, 4)], { equation: 'bij->bi' }), 'one factor, added up'),
];
