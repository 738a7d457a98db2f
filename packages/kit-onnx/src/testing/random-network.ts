import { NetworkBuilder } from './network-builder.js';
import type { Network } from '../network/network.js';
import { uniform } from './compare.js';

/** What has been built so far: a value [N, ...shape]. */
interface Sofar {
  readonly value: string;
  readonly shape: readonly number[];
}

/** Whole numbers from low to high, and one of several, by a seed. */
class Choices {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = uniform(seed);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  of<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)]!;
  }
}

type Grow = (b: NetworkBuilder, sofar: Sofar, choose: Choices) => Sofar | undefined;

const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
const float = (b: NetworkBuilder, value: number): string => b.constant('float32', [], [value]);

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

const dense: Grow = (b, { value, shape }, choose) => {
  const [inner, outputs] = [shape.at(-1)!, choose.int(2, 5)];
  if (shape.length === 1 && choose.next() < 0.6) {
    const transB = choose.int(0, 1);
    const w = transB ? b.tensor(outputs, inner) : b.tensor(inner, outputs);
    return {
      value: b.node('Gemm', [value, w, b.tensor(outputs)], { transB, alpha: 0.8, beta: 1.5 }),
      shape: [outputs],
    };
  }
  // Weights as torch has them, turned in the graph.
  const w = choose.next() < 0.5 ? b.tensor(inner, outputs) : b.node('Transpose', [b.tensor(outputs, inner)]);
  return { value: b.node('MatMul', [value, w]), shape: shape.with(-1, outputs) };
};

/** softmax(x x') x, of one head. */
const attention: Grow = (b, { value, shape }, choose) => {
  if (shape.length !== 2) return undefined;
  const width = shape[1]!;
  const [q, k, v] = [0, 1, 2].map(() => b.node('MatMul', [value, b.tensor(width, width)])) as [string, string, string];
  const scores = b.node('MatMul', [q, b.node('Transpose', [k], { perm: [0, 2, 1] })]);
  const weights = b.node('Softmax', [b.node('Div', [scores, float(b, Math.sqrt(width))])], { axis: -1 });
  const mixed = b.node('MatMul', [weights, v]);
  return { value: choose.next() < 0.5 ? b.node('Add', [value, mixed]) : mixed, shape };
};

const normalized: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  const epsilon = 0.01;
  const kind = choose.of(['Layer', 'Instance', 'Group', 'Batch']);
  const affine = (size: number): string[] => [b.tensor(size), b.tensor(size)];
  if (kind === 'Layer') {
    if (shape.at(-1)! < 3) return undefined;
    return { value: b.node('LayerNormalization', [value, ...affine(shape.at(-1)!)], { axis: -1, epsilon }), shape };
  }
  if (kind === 'Batch') {
    const random = (low: number): number[] => Array.from({ length: channels }, () => Math.fround(low + choose.next()));
    const statistics = [random(-0.5), random(0.5)].map((values) => b.constant('float32', [channels], values));
    return { value: b.node('BatchNormalization', [value, ...affine(channels), ...statistics], { epsilon }), shape };
  }
  if (spatial.length === 0 || spatial.length > 3 || count(spatial) < 3) return undefined;
  if (kind === 'Instance') return { value: b.node('InstanceNormalization', [value, ...affine(channels)], { epsilon }), shape }; // prettier-ignore
  const num_groups = channels % 2 === 0 ? 2 : 1;
  return { value: b.node('GroupNormalization', [value, ...affine(channels)], { num_groups, epsilon }), shape };
};

const convolved: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 3) return undefined;
  const kernel = spatial.map(() => choose.int(1, 3));
  const dilations = spatial.map(() => choose.of([1, 1, 2]));
  const strides = spatial.map(() => choose.of([1, 1, 2]));
  // A window of nothing but pads would cut all that comes before it off.
  const pads = [...spatial, ...spatial].map((_, at) => (kernel[at % spatial.length]! > 1 ? choose.int(0, 1) : 0));
  const span = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const out = spatial.map(
    (size, a) => Math.floor((size + pads[a]! + pads[a + spatial.length]! - span[a]!) / strides[a]!) + 1,
  );
  if (out.some((size) => size < 1)) return undefined;
  const group = channels % 2 === 0 && choose.next() < 0.3 ? 2 : choose.next() < 0.15 ? channels : 1;
  const outputs = group * choose.int(1, group > 1 ? 2 : 4);
  const inputs = [
    value,
    b.tensor(outputs, channels / group, ...kernel),
    ...(choose.int(0, 1) ? [b.tensor(outputs)] : []),
  ];
  return { value: b.node('Conv', inputs, { strides, dilations, pads, group }), shape: [outputs, ...out] };
};

const deconvolved: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 2 || count(spatial) > 20) return undefined;
  const kernel = spatial.map(() => choose.int(2, 3));
  const strides = spatial.map(() => choose.int(1, 2));
  const pads = [...spatial, ...spatial].map(() => choose.int(0, 1));
  const output_padding = strides.map((stride) => choose.int(0, stride - 1));
  const out = spatial.map(
    (size, a) => (size - 1) * strides[a]! + output_padding[a]! + kernel[a]! - pads[a]! - pads[a + spatial.length]!,
  );
  if (out.some((size) => size < 1)) return undefined;
  const outputs = choose.int(1, 3);
  const inputs = [value, b.tensor(channels, outputs, ...kernel), ...(choose.int(0, 1) ? [b.tensor(outputs)] : [])];
  return { value: b.node('ConvTranspose', inputs, { strides, pads, output_padding }), shape: [outputs, ...out] };
};

const pooled: Grow = (b, { value, shape }, choose) => {
  const [channels, ...spatial] = shape as [number, ...number[]];
  if (spatial.length < 1 || spatial.length > 3) return undefined;
  if (choose.next() < 0.2)
    return { value: b.node('GlobalAveragePool', [value]), shape: [channels, ...spatial.map(() => 1)] };
  const kernel_shape = spatial.map((size) => Math.min(choose.int(2, 3), size));
  const strides = spatial.map(() => choose.int(1, 2));
  const pads = [...spatial, ...spatial].map((_, at) => (kernel_shape[at % spatial.length]! > 1 ? choose.int(0, 1) : 0));
  const out = spatial.map((size, a) => Math.floor((size + pads[a]! + pads[a + spatial.length]! - kernel_shape[a]!) / strides[a]!) + 1); // prettier-ignore
  const op = choose.of(['MaxPool', 'AveragePool']);
  const more: Record<string, number> = op === 'AveragePool' ? { count_include_pad: choose.int(0, 1) } : {};
  return { value: b.node(op, [value], { kernel_shape, strides, pads, ...more }), shape: [channels, ...out] };
};

/** Rows of a table by what a value is, as whole numbers; the value itself goes on beside them. */
const embedded: Grow = (b, { value, shape }, choose) => {
  if (shape.length !== 1) return undefined;
  const [rows, width] = [choose.int(2, 5), choose.int(1, 3)];
  const whole = b.node('Cast', [b.node('Mul', [b.node('Sigmoid', [value]), float(b, rows - 0.01)])], { to: 7 });
  const taken = b.node('Gather', [b.tensor(rows, width), whole]);
  const column = b.node('Unsqueeze', [value, b.ints(-1)]);
  return { value: b.node('Mul', [taken, column]), shape: [...shape, width] };
};

const everywhere = [activation, composedGelu, arithmetic, positive, bounded, residual, concatenated, split, sliced, padded, picked, reduced, turned, reshaped, widened, squeezed]; // prettier-ignore
const layers = [dense, attention, normalized, normalized, convolved, convolved, convolved, deconvolved, pooled, pooled, embedded]; // prettier-ignore

/** A network of some four to nine operators or groups of them, small enough for the interpreter. */
export function randomNetwork(seed: number): { network: Network; inputShape: readonly number[] } {
  const choose = new Choices(seed);
  const rank = choose.of([1, 2, 2, 3, 3, 3, 4]);
  const inputShape = Array.from({ length: rank }, (_, axis) => (rank === 4 ? choose.int(2, 3) : choose.int(2, axis === 0 ? 4 : 5))); // prettier-ignore
  const b = new NetworkBuilder(21);
  // A tensor at the very start, so that everything lies between it and the output.
  let sofar: Sofar = { value: b.node('Mul', ['x', b.tensor(...inputShape)]), shape: inputShape };
  const steps = choose.int(4, 9);
  for (let done = 0, tried = 0; done < steps && tried < 60; tried++) {
    const grown = choose.of(choose.next() < 0.55 ? layers : everywhere)(b, sofar, choose);
    if (!grown || count(grown.shape) > 160) continue;
    sofar = grown;
    done++;
  }
  return { network: pruned(b.build(sofar.value)), inputShape };
}

/** Without what was begun and not used. */
function pruned(network: Network): Network {
  const needed = new Set([network.output]);
  const nodes = network.nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => needed.has(name));
    if (isNeeded) node.inputs.forEach((name) => needed.add(name));
    return isNeeded;
  });
  return {
    ...network,
    nodes: nodes.toReversed(),
    constants: network.constants.filter(({ name }) => needed.has(name)),
    tensors: network.tensors.filter(({ name }) => needed.has(name)),
  };
}
