import { float, type Grow } from './grow.js';

const activation: Grow = (b, { value, shape }, choose) => {
  const [op, attributes] = choose.of<[string, Record<string, number>]>([
    ['HardSigmoid', {}],
    ['HardSwish', {}],
    ['Selu', {}],
    ['Celu', { alpha: 0.8 }],
    ['Mish', {}],
    ['Softsign', {}],
    ['Sin', {}],
    ['Cos', {}],
    ['CastLike', {}],
  ]);
  const inputs = op === 'CastLike' ? [value, 'x'] : [value];
  return { value: b.node(op, inputs, attributes), shape };
};

const sloped: Grow = (b, { value, shape }, choose) => {
  const slope = choose.of([[1], shape.map((dim, axis) => (axis === 0 ? dim : 1))]);
  return { value: b.node('PRelu', [value, b.tensor(...slope)]), shape };
};

/** The larger or smaller of a value and a tensor. */
const larger: Grow = (b, { value, shape }, choose) => {
  const other = b.tensor(...shape.slice(choose.int(0, shape.length - 1)));
  return { value: b.node(choose.of(['Max', 'Min']), [value, other]), shape };
};

const reduced: Grow = (b, { value, shape }, choose) => {
  if (shape.length < 2) return undefined;
  const axis = choose.int(0, shape.length - 1);
  const keepdims = choose.int(0, 1);
  const op = choose.of(['ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp']);
  const left = keepdims ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
  return { value: b.node(op, [value, b.ints(axis + 1)], { keepdims }), shape: left };
};

const cornered: Grow = (b, { value, shape }, choose) => {
  if (shape.length < 2) return undefined;
  const k = b.constant('int64', [], [choose.int(-1, 1)]);
  return { value: b.node('Trilu', [value, k], { upper: choose.int(0, 1) }), shape };
};

/** An axis twice: as a whole, or stretched. */
const repeated: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  if (shape[axis]! > 4) return undefined;
  const more = shape.with(axis, 2 * shape[axis]!);
  const times = [1, ...shape.map((_, at) => (at === axis ? 2 : 1))];
  if (choose.next() < 0.5) return { value: b.node('Tile', [value, b.ints(...times)]), shape: more };
  const scales = b.constant('float32', [times.length], times);
  const mode = choose.of(['nearest', 'linear']);
  return { value: b.node('Resize', [value, '', scales], { mode }), shape: more };
};

/** Of each row one, by what the value is. */
const chosen: Grow = (b, { value, shape }) => {
  const places = b.node('Cast', [b.node('Mul', [b.node('Sigmoid', [value]), float(b, shape[0]! - 0.01)])], { to: 7 });
  return { value: b.node('GatherElements', [value, places], { axis: 1 }), shape };
};

/** Products of two values by their letters. */
const summed: Grow = (b, { value, shape }, choose) => {
  if (shape.length !== 2) return undefined;
  const equation = choose.of(['nij,nkj->nik', 'nij,nik->njk']);
  const size = equation.endsWith('ik') ? shape[0]! : shape[1]!;
  return { value: b.node('Einsum', [value, b.node('Tanh', [value])], { equation }), shape: [size, size] };
};

const largest: Grow = (b, { value, shape }) => {
  if (shape.length < 2 || shape.length > 4) return undefined;
  return { value: b.node('GlobalMaxPool', [value]), shape: shape.map((dim, axis) => (axis === 0 ? dim : 1)) };
};

/** The operators that came after the first ones. */
export const further = [activation, activation, sloped, larger, reduced, reduced, cornered, repeated, chosen, summed, largest]; // prettier-ignore
