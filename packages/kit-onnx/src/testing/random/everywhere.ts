import { count, float, type Grow } from './grow.js';

const activation: Grow = (b, { value, shape }, choose) => {
  const [op, attributes] = choose.of<[string, Record<string, number | string>]>([
    ['Relu', {}],
    ['LeakyRelu', { alpha: 0.1 }],
    ['Sigmoid', {}],
    ['Tanh', {}],
    ['Elu', { alpha: 0.7 }],
    ['Gelu', {}],
    ['Gelu', { approximate: 'tanh' }],
    ['Softplus', {}],
    ['Erf', {}],
    ['Softmax', { axis: -1 }],
    ['Softmax', { axis: 1 }],
    ['LogSoftmax', { axis: -1 }],
    ['Abs', {}],
    ['Neg', {}],
    ['Dropout', {}],
    ['Identity', {}],
  ]);
  return { value: b.node(op, [value], attributes), shape };
};

/** Gelu as torch exports it for operators before version 20. */
const composedGelu: Grow = (b, { value, shape }) => {
  const inner = b.node('Erf', [b.node('Div', [value, float(b, Math.SQRT2)])]);
  const outer = b.node('Mul', [value, b.node('Add', [inner, float(b, 1)])]);
  return { value: b.node('Mul', [outer, float(b, 0.5)]), shape };
};

const arithmetic: Grow = (b, { value, shape }, choose) => {
  const own = shape.map((dim) => choose.of([1, dim])).slice(choose.int(0, shape.length));
  const op = choose.of(['Add', 'Sub', 'Mul']);
  const pair = [value, b.tensor(...own)];
  return { value: b.node(op, choose.next() < 0.3 ? pair.reverse() : pair), shape };
};

/** A quotient, a root, a logarithm or a power of what is kept well above 0. */
const positive: Grow = (b, { value, shape }, choose) => {
  const above = b.node('Add', [b.node('Mul', [value, value]), float(b, 0.5)]);
  const kind = choose.of(['Div', 'Sqrt', 'Log', 'Reciprocal', 'Pow']);
  if (kind === 'Div') return { value: b.node('Div', [value, above]), shape };
  if (kind === 'Pow') return { value: b.node('Pow', [above, float(b, choose.of([0.5, -0.5, 2]))]), shape };
  return { value: b.node(kind, [above]), shape };
};

const bounded: Grow = (b, { value, shape }, choose) =>
  choose.next() < 0.5
    ? { value: b.node('Clip', [value, float(b, -0.8), float(b, 0.9)]), shape }
    : { value: b.node('Where', [b.node('Greater', [value, float(b, 0.05)]), value, b.node('Exp', [b.node('Tanh', [value])])]), shape }; // prettier-ignore

/** x + f(x), as residual networks have it. */
const residual: Grow = (b, { value, shape }, choose) => {
  const side = activation(b, arithmetic(b, { value, shape }, choose)!, choose)!;
  return { value: b.node('Add', [value, side.value]), shape };
};

const concatenated: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  if (shape[axis]! > 4) return undefined;
  const side = activation(b, { value, shape }, choose)!;
  return {
    value: b.node('Concat', [value, side.value], { axis: axis + 1 }),
    shape: shape.with(axis, 2 * shape[axis]!),
  };
};

const split: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  const size = shape[axis]!;
  if (size < 4 || size % 2 !== 0) return undefined;
  const [left, right] = b.nodes2('Split', [value, b.ints(size / 2, size / 2)], 2, { axis: axis + 1 }) as [
    string,
    string,
  ];
  return { value: b.node('Mul', [left, b.node('Sigmoid', [right])]), shape: shape.with(axis, size / 2) };
};

const sliced: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  const size = shape[axis]!;
  if (size < 3) return undefined;
  const step = choose.of([1, 2, -1]);
  const places = Array.from({ length: size }, (_, at) => at).slice(1);
  const taken = step > 0 ? places.filter((_, at) => at % step === 0) : places.toReversed();
  const [start, end] = step > 0 ? [1, size] : [-1, 0];
  return {
    value: b.node('Slice', [value, b.ints(start), b.ints(end), b.ints(axis + 1), b.ints(step)]),
    shape: shape.with(axis, taken.length),
  };
};

const padded: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  if (shape[axis]! > 6) return undefined;
  const pads = new Array<number>(2 * shape.length + 2).fill(0);
  pads[axis + 1] = choose.int(0, 2);
  pads[axis + 2 + shape.length] = choose.int(0, 1);
  const more = pads[axis + 1]! + pads[axis + 2 + shape.length]!;
  return { value: b.node('Pad', [value, b.ints(...pads)]), shape: shape.with(axis, shape[axis]! + more) };
};

const picked: Grow = (b, { value, shape }, choose) => {
  const axis = choose.int(0, shape.length - 1);
  const rows = Array.from({ length: choose.int(1, 3) }, () => choose.int(-1, shape[axis]! - 1));
  const indices = b.constant('int64', [rows.length], rows);
  return { value: b.node('Gather', [value, indices], { axis: axis + 1 }), shape: shape.with(axis, rows.length) };
};

const reduced: Grow = (b, { value, shape }, choose) => {
  if (shape.length < 2) return undefined;
  const axis = choose.int(0, shape.length - 1);
  const keepdims = choose.int(0, 1);
  const op = choose.of(['ReduceMean', 'ReduceSum']);
  const left = keepdims ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
  return { value: b.node(op, [value, b.ints(axis + 1)], { keepdims }), shape: left };
};

const turned: Grow = (b, { value, shape }, choose) => {
  if (shape.length < 2) return undefined;
  const order = shape.map((_, axis) => axis);
  for (let at = order.length - 1; at > 0; at--) {
    const other = choose.int(0, at);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  const perm = [0, ...order.map((axis) => axis + 1)];
  return { value: b.node('Transpose', [value], { perm }), shape: order.map((axis) => shape[axis]!) };
};

/** Another shape of as many elements; its size of the examples is written as torch does for `view(x.shape[0], -1)`, or as 0. */
const reshaped: Grow = (b, { value, shape }, choose) => {
  const total = count(shape);
  const first = [2, 3, 4].filter((factor) => total % factor === 0 && total > factor);
  const to = first.length > 0 && choose.next() < 0.6 ? [choose.of(first)] : [];
  to.push(total / count(to));
  const kind = choose.int(0, 2);
  if (kind === 0) return { value: b.node('Reshape', [value, b.ints(0, ...to.slice(0, -1), -1)]), shape: to };
  if (kind === 1 && to.length === 1) return { value: b.node('Flatten', [value]), shape: to };
  const rows = b.node('Gather', [b.node('Shape', [value]), b.constant('int64', [], [0])]);
  const asked = b.node('Concat', [b.node('Unsqueeze', [rows, b.ints(0)]), b.ints(...to)], { axis: 0 });
  return { value: b.node('Reshape', [value, asked]), shape: to };
};

const widened: Grow = (b, { value, shape }, choose) => {
  if (shape.length > 3) return undefined;
  const axis = choose.int(0, shape.length);
  const narrow = b.node('Unsqueeze', [value, b.ints(axis + 1)]);
  const kept = { value: narrow, shape: shape.toSpliced(axis, 0, 1) };
  if (choose.next() < 0.5 || count(shape) > 40) return kept;
  const wide = kept.shape.with(axis, 2);
  return { value: b.node('Expand', [narrow, b.ints(1, ...wide)]), shape: wide };
};

const squeezed: Grow = (b, { value, shape }) => {
  const axis = shape.indexOf(1);
  if (axis < 0 || shape.length < 2) return undefined;
  return { value: b.node('Squeeze', [value, b.ints(axis + 1)]), shape: shape.toSpliced(axis, 1) };
};

/** What fits values of any shape. */
export const everywhere = [activation, composedGelu, arithmetic, positive, bounded, residual, concatenated, split, sliced, padded, picked, reduced, turned, reshaped, widened, squeezed]; // prettier-ignore
