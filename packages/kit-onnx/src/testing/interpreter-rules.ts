import { array, at, broadcastAt, broadcastShape, count, generate, indexOf, type FloatArray } from './float-array.js';

type Attributes = Readonly<Record<string, unknown>>;
type Rule = (inputs: FloatArray[], attributes: Attributes, more: { opset: number; outputs: number }) => FloatArray[];

const number = (attributes: Attributes, name: string, otherwise: number): number =>
  (attributes[name] as number | undefined) ?? otherwise;
const list = (attributes: Attributes, name: string): number[] | undefined => attributes[name] as number[] | undefined;
const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const each =
  (f: (x: number, attributes: Attributes) => number): Rule =>
  ([x], attributes) => [{ shape: x!.shape, values: x!.values.map((value) => f(value, attributes)) }];
const pair =
  (f: (a: number, b: number) => number): Rule =>
  ([a, b]) => [
    generate(broadcastShape([a!.shape, b!.shape]), (index) => f(broadcastAt(a!, index), broadcastAt(b!, index))),
  ];

/** Abramowitz and Stegun's series 7.1.5 near 0, and the continued fraction 7.1.14 beyond. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 200; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction)));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function reduce(mean: boolean): Rule {
  return ([x, given], attributes) => {
    const rank = x!.shape.length;
    let axes = (given ? [...given.values] : list(attributes, 'axes'))?.map((axis) => fromEnd(axis, rank));
    if (!axes || axes.length === 0)
      axes = number(attributes, 'noop_with_empty_axes', 0) ? [] : x!.shape.map((_, axis) => axis);
    const kept = x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const over = x!.shape.map((dim, axis) => (axes.includes(axis) ? dim : 1));
    const total = count(over);
    const result = generate(kept, (index) => {
      let all = 0;
      for (let k = 0; k < total; k++) all += at(x!, indexOf(over, k).map((one, axis) => one + index[axis]!)); // prettier-ignore
      return mean ? all / total : all;
    });
    if (number(attributes, 'keepdims', 1)) return [result];
    return [array(kept.filter((_, axis) => !axes.includes(axis)), result.values)]; // prettier-ignore
  };
}

function softmax(logarithm: boolean): Rule {
  return ([x], attributes) => {
    const axis = fromEnd(number(attributes, 'axis', -1), x!.shape.length);
    const along = (index: readonly number[]): number[] =>
      Array.from({ length: x!.shape[axis]! }, (_, k) => at(x!, index.with(axis, k)));
    return [
      generate(x!.shape, (index) => {
        const row = along(index);
        const most = Math.max(...row);
        const total = sum(row.map((value) => Math.exp(value - most)));
        const own = at(x!, index) - most;
        return logarithm ? own - Math.log(total) : Math.exp(own) / total;
      }),
    ];
  };
}

/** Windows along each axis, from the attributes: where each begins. */
function geometry(sizes: readonly number[], kernel: readonly number[], attributes: Attributes) {
  const n = sizes.length;
  const ones = new Array<number>(n).fill(1);
  const strides = list(attributes, 'strides') ?? ones;
  const dilations = list(attributes, 'dilations') ?? ones;
  let pads = list(attributes, 'pads') ?? new Array<number>(2 * n).fill(0);
  const auto = attributes['auto_pad'];
  const span = kernel.map((k, axis) => (k - 1) * dilations[axis]! + 1);
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const totals = sizes.map((size, a) =>
      Math.max(0, (Math.ceil(size / strides[a]!) - 1) * strides[a]! + span[a]! - size),
    );
    const small = totals.map((total) => Math.floor(total / 2));
    const large = totals.map((total) => Math.ceil(total / 2));
    pads = auto === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
  }
  const counts = sizes.map((size, a) => {
    const room = size + pads[a]! + pads[a + n]! - span[a]!;
    if (!number(attributes, 'ceil_mode', 0)) return Math.floor(room / strides[a]!) + 1;
    const most = Math.ceil(room / strides[a]!) + 1;
    return (most - 1) * strides[a]! >= size + pads[a]! ? most - 1 : most;
  });
  return { strides, dilations, pads, counts };
}

const Conv: Rule = ([x, w, b], attributes) => {
  const [n, , ...sizes] = x!.shape as [number, number, ...number[]];
  const [outputs, taken, ...kernel] = w!.shape as [number, number, ...number[]];
  const groups = number(attributes, 'group', 1);
  const { strides, dilations, pads, counts } = geometry(sizes, kernel, attributes);
  return [
    generate([n, outputs, ...counts], ([example, output, ...place]) => {
      const first = Math.floor(output! / (outputs / groups)) * taken;
      let total = b ? b.values[output!]! : 0;
      for (let channel = 0; channel < taken; channel++)
        for (let k = 0; k < count(kernel); k++) {
          const offset = indexOf(kernel, k);
          const from = place.map((p, a) => p * strides[a]! - pads[a]! + offset[a]! * dilations[a]!);
          total += at(x!, [example!, first + channel, ...from]) * at(w!, [output!, channel, ...offset]);
        }
      return total;
    }),
  ];
};

const ConvTranspose: Rule = ([x, w, b], attributes) => {
  const [n, inputs, ...sizes] = x!.shape as [number, number, ...number[]];
  const [, perGroup, ...kernel] = w!.shape as [number, number, ...number[]];
  const groups = number(attributes, 'group', 1);
  const axes = sizes.length;
  const strides = list(attributes, 'strides') ?? sizes.map(() => 1);
  const dilations = list(attributes, 'dilations') ?? sizes.map(() => 1);
  const pads = list(attributes, 'pads') ?? [...sizes, ...sizes].map(() => 0);
  const extra = list(attributes, 'output_padding') ?? sizes.map(() => 0);
  const out = sizes.map(
    (size, a) =>
      (size - 1) * strides[a]! + extra[a]! + (kernel[a]! - 1) * dilations[a]! + 1 - pads[a]! - pads[a + axes]!,
  );
  const shape = [n, perGroup * groups, ...out];
  const result = generate(shape, ([, output]) => (b ? b.values[output!]! : 0));
  for (let place = 0; place < x!.values.length; place++) {
    const [example, input, ...from] = indexOf(x!.shape, place) as [number, number, ...number[]];
    const group = Math.floor(input / (inputs / groups));
    for (let output = 0; output < perGroup; output++)
      for (let k = 0; k < count(kernel); k++) {
        const offset = indexOf(kernel, k);
        const to = from.map((p, a) => p * strides[a]! + offset[a]! * dilations[a]! - pads[a]!);
        if (to.some((p, a) => p < 0 || p >= out[a]!)) continue;
        const flat = [example, group * perGroup + output, ...to].reduce(
          (sofar, one, axis) => sofar * shape[axis]! + one,
          0,
        );
        result.values[flat]! += x!.values[place]! * at(w!, [input, output, ...offset]);
      }
  }
  return [result];
};

function pool(combine: (inside: number[], padded: number, attributes: Attributes) => number): Rule {
  return ([x], attributes) => {
    const [n, channels, ...sizes] = x!.shape as [number, number, ...number[]];
    const kernel = list(attributes, 'kernel_shape')!;
    const { strides, dilations, pads, counts } = geometry(sizes, kernel, attributes);
    return [
      generate([n, channels, ...counts], ([example, channel, ...place]) => {
        const inside: number[] = [];
        let padded = 0; // in the input or its pads
        for (let k = 0; k < count(kernel); k++) {
          const offset = indexOf(kernel, k);
          const from = place.map((p, a) => p * strides[a]! - pads[a]! + offset[a]! * dilations[a]!);
          if (from.every((p, a) => p < sizes[a]! + pads[a + sizes.length]!)) padded++;
          if (from.every((p, a) => p >= 0 && p < sizes[a]!)) inside.push(at(x!, [example!, channel!, ...from]));
        }
        return combine(inside, padded, attributes);
      }),
    ];
  };
}

const MatMul: Rule = ([a, b]) => {
  const left = a!.shape.length === 1 ? array([1, ...a!.shape], a!.values) : a!;
  const right = b!.shape.length === 1 ? array([...b!.shape, 1], b!.values) : b!;
  const outer = broadcastShape([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const [rows, inner, columns] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  const own = (tensor: FloatArray, index: readonly number[]): number[] => {
    const rank = tensor.shape.length - 2;
    return index.slice(index.length - rank).map((one, axis) => (tensor.shape[axis] === 1 ? 0 : one));
  };
  const full = generate([...outer, rows, columns], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const place = index.slice(0, -2);
    let total = 0;
    for (let k = 0; k < inner; k++)
      total += at(left, [...own(left, place), row, k]) * at(right, [...own(right, place), k, column]);
    return total;
  });
  const shape = [...outer, ...(a!.shape.length === 1 ? [] : [rows]), ...(b!.shape.length === 1 ? [] : [columns])];
  return [array(shape, full.values)];
};

const Gemm: Rule = ([a, b, c], attributes) => {
  const read = (x: FloatArray, i: number, j: number, transposed: number): number => at(x, transposed ? [j, i] : [i, j]);
  const [ta, tb] = [number(attributes, 'transA', 0), number(attributes, 'transB', 0)];
  const rows = a!.shape[ta ? 1 : 0]!;
  const inner = a!.shape[ta ? 0 : 1]!;
  const columns = b!.shape[tb ? 0 : 1]!;
  return [
    generate([rows, columns], (index) => {
      const [i, j] = index as [number, number];
      let total = 0;
      for (let k = 0; k < inner; k++) total += read(a!, i, k, ta) * read(b!, k, j, tb);
      return number(attributes, 'alpha', 1) * total + (c ? number(attributes, 'beta', 1) * broadcastAt(c, index) : 0);
    }),
  ];
};

/** Elements that are normalized together: those of one key. */
function normalize(x: FloatArray, epsilon: number, key: (index: readonly number[]) => string): Float64Array {
  const together = new Map<string, number[]>();
  const keys = Array.from(x.values, (_, place) => key(indexOf(x.shape, place)));
  keys.forEach((one, place) => {
    const all = together.get(one) ?? [];
    all.push(x.values[place]!);
    together.set(one, all);
  });
  const moments = new Map(
    [...together].map(([one, values]) => {
      const mean = sum(values) / values.length;
      return [one, { mean, variance: sum(values.map((value) => (value - mean) ** 2)) / values.length }];
    }),
  );
  return x.values.map((value, place) => {
    const { mean, variance } = moments.get(keys[place]!)!;
    return (value - mean) / Math.sqrt(variance + epsilon);
  });
}

function normalization(keyOf: (x: FloatArray, attributes: Attributes) => (index: readonly number[]) => string): Rule {
  return ([x, scale, shift], attributes) => {
    const normal = normalize(x!, number(attributes, 'epsilon', 1e-5), keyOf(x!, attributes));
    return [
      generate(x!.shape, (index) => {
        const place = index.reduce((sofar, one, axis) => sofar * x!.shape[axis]! + one, 0);
        return normal[place]! * scale!.values[index[1]!]! + shift!.values[index[1]!]!;
      }),
    ];
  };
}

const LayerNormalization: Rule = ([x, scale, shift], attributes) => {
  const axis = fromEnd(number(attributes, 'axis', -1), x!.shape.length);
  const normal = array(
    x!.shape,
    normalize(x!, number(attributes, 'epsilon', 1e-5), (index) => index.slice(0, axis).join()),
  );
  return [
    generate(
      x!.shape,
      (index) => at(normal, index) * broadcastAt(scale!, index) + (shift ? broadcastAt(shift, index) : 0),
    ),
  ];
};

const BatchNormalization: Rule = ([x, scale, shift, mean, variance], attributes) => [
  generate(x!.shape, (index) => {
    const channel = index[1]!;
    const normal = (at(x!, index) - mean!.values[channel]!) / Math.sqrt(variance!.values[channel]! + number(attributes, 'epsilon', 1e-5)); // prettier-ignore
    return normal * scale!.values[channel]! + shift!.values[channel]!;
  }),
];

const Reshape: Rule = ([x, shape], attributes) => {
  const asked = [...shape!.values].map((dim, axis) => (dim === 0 && !attributes['allowzero'] ? x!.shape[axis]! : dim));
  const others = count(asked.filter((dim) => dim !== -1));
  return [array(asked.map((dim) => (dim === -1 ? x!.values.length / others : dim)), x!.values)]; // prettier-ignore
};

const Slice: Rule = ([x, starts, ends, axes, steps]) => {
  const rank = x!.shape.length;
  const taken: number[][] = x!.shape.map((dim) => Array.from({ length: dim }, (_, k) => k));
  starts!.values.forEach((start, k) => {
    const axis = axes ? fromEnd(axes.values[k]!, rank) : k;
    const dim = x!.shape[axis]!;
    const step = steps?.values[k] ?? 1;
    const bound = (value: number, low: number, high: number): number =>
      Math.min(Math.max(fromEnd(value, dim), low), high);
    const places: number[] = [];
    if (step > 0) for (let p = bound(start, 0, dim); p < bound(ends!.values[k]!, 0, dim); p += step) places.push(p);
    else for (let p = bound(start, 0, dim - 1); p > bound(ends!.values[k]!, -1, dim - 1); p += step) places.push(p);
    taken[axis] = places;
  });
  return [generate(taken.map((places) => places.length), (index) => at(x!, index.map((k, axis) => taken[axis]![k]!)))]; // prettier-ignore
};

const Pad: Rule = ([x, pads, value, axes]) => {
  const rank = x!.shape.length;
  const chosen = axes ? [...axes.values].map((axis) => fromEnd(axis, rank)) : x!.shape.map((_, axis) => axis);
  const before = new Array<number>(rank).fill(0);
  const shape = [...x!.shape];
  chosen.forEach((axis, k) => {
    before[axis] = pads!.values[k]!;
    shape[axis]! += pads!.values[k]! + pads!.values[k + chosen.length]!;
  });
  return [generate(shape, (index) => at(x!, index.map((k, axis) => k - before[axis]!), value?.values[0] ?? 0))]; // prettier-ignore
};

const Concat: Rule = (inputs, attributes) => {
  const axis = fromEnd(number(attributes, 'axis', 0), inputs[0]!.shape.length);
  const total = sum(inputs.map((input) => input.shape[axis]!));
  return [
    generate(inputs[0]!.shape.with(axis, total), (index) => {
      let k = index[axis]!;
      for (const input of inputs) {
        if (k < input.shape[axis]!) return at(input, index.with(axis, k));
        k -= input.shape[axis]!;
      }
      throw new Error('beyond the parts');
    }),
  ];
};

const Split: Rule = ([x, given], attributes, { outputs }) => {
  const axis = fromEnd(number(attributes, 'axis', 0), x!.shape.length);
  const size = x!.shape[axis]!;
  const part = Math.ceil(size / outputs);
  const sizes = given ? [...given.values] : Array.from({ length: outputs }, (_, k) => Math.min(part, size - k * part));
  let start = 0;
  return sizes.map((one) => {
    const from = start;
    start += one;
    return generate(x!.shape.with(axis, one), (index) => at(x!, index.with(axis, index[axis]! + from)));
  });
};

const Gather: Rule = ([x, indices], attributes) => {
  const axis = fromEnd(number(attributes, 'axis', 0), x!.shape.length);
  const rank = indices!.shape.length;
  return [
    generate([...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)], (index) => {
      const which = fromEnd(at(indices!, index.slice(axis, axis + rank)), x!.shape[axis]!);
      return at(x!, [...index.slice(0, axis), which, ...index.slice(axis + rank)]);
    }),
  ];
};

const Transpose: Rule = ([x], attributes) => {
  const perm = list(attributes, 'perm') ?? x!.shape.map((_, axis) => x!.shape.length - 1 - axis);
  return [generate(perm.map((axis) => x!.shape[axis]!), (index) => at(x!, perm.map((_, axis) => index[perm.indexOf(axis)]!)))]; // prettier-ignore
};

const Squeeze: Rule = ([x, given], attributes) => {
  const rank = x!.shape.length;
  const axes = (given ? [...given.values] : list(attributes, 'axes'))?.map((axis) => fromEnd(axis, rank));
  return [array(x!.shape.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)), x!.values)]; // prettier-ignore
};

const Unsqueeze: Rule = ([x, given]) => {
  const rank = x!.shape.length + given!.values.length;
  const axes = [...given!.values].map((axis) => fromEnd(axis, rank));
  const others = [...x!.shape];
  return [array(Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : others.shift()!)), x!.values)]; // prettier-ignore
};

const Flatten: Rule = ([x], attributes) => {
  const axis = number(attributes, 'axis', 1);
  const split = axis < 0 ? axis + x!.shape.length : axis;
  return [array([count(x!.shape.slice(0, split)), count(x!.shape.slice(split))], x!.values)];
};

const gelu = each((x, { approximate }) =>
  approximate === 'tanh'
    ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    : 0.5 * x * (1 + erf(x / Math.SQRT2)),
);

const clip: Rule = ([x, low, high]) => [
  {
    shape: x!.shape,
    values: x!.values.map((v) => Math.min(Math.max(v, low?.values[0] ?? -Infinity), high?.values[0] ?? Infinity)),
  },
];

const whole = (to: number): boolean => to === 6 || to === 7;

/** By operator. */
export const rules: Readonly<Record<string, Rule>> = {
  Add: pair((a, b) => a + b),
  Sub: pair((a, b) => a - b),
  Mul: pair((a, b) => a * b),
  Div: pair((a, b) => a / b),
  Pow: pair((a, b) => a ** b),
  Equal: pair((a, b) => Number(a === b)),
  Less: pair((a, b) => Number(a < b)),
  LessOrEqual: pair((a, b) => Number(a <= b)),
  Greater: pair((a, b) => Number(a > b)),
  GreaterOrEqual: pair((a, b) => Number(a >= b)),
  Where: ([c, a, b]) => [
    generate(broadcastShape([c!.shape, a!.shape, b!.shape]), (index) =>
      broadcastAt(c!, index) ? broadcastAt(a!, index) : broadcastAt(b!, index),
    ),
  ],
  Neg: each((x) => -x),
  Abs: each(Math.abs),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Sqrt: each(Math.sqrt),
  Reciprocal: each((x) => 1 / x),
  Erf: each(erf),
  Identity: each((x) => x),
  Dropout: each((x) => x),
  Cast: each((x, { to }) => (to === 9 ? Number(x !== 0) : whole(to as number) ? Math.trunc(x) : x)),
  Clip: clip,
  Relu: each((x) => Math.max(x, 0)),
  LeakyRelu: each((x, attributes) => (x > 0 ? x : number(attributes, 'alpha', 0.01) * x)),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  Tanh: each(Math.tanh),
  Elu: each((x, attributes) => (x > 0 ? x : number(attributes, 'alpha', 1) * Math.expm1(x))),
  Softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Gelu: gelu,
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  Conv,
  ConvTranspose,
  MaxPool: pool((inside) => Math.max(...inside)),
  AveragePool: pool(
    (inside, padded, attributes) => sum(inside) / (attributes['count_include_pad'] ? padded : inside.length),
  ),
  GlobalAveragePool: ([x]) => reduce(true)([x!, array([x!.shape.length - 2], x!.shape.slice(2).map((_, a) => a + 2))], {}, { opset: 18, outputs: 1 }), // prettier-ignore
  MatMul,
  Gemm,
  InstanceNormalization: normalization(
    () =>
      ([example, channel]) =>
        `${example} ${channel}`,
  ),
  GroupNormalization: normalization((x, attributes) => {
    const each = x.shape[1]! / number(attributes, 'num_groups', 1);
    return ([example, channel]) => `${example} ${Math.floor(channel! / each)}`;
  }),
  LayerNormalization,
  BatchNormalization,
  ReduceMean: reduce(true),
  ReduceSum: reduce(false),
  Reshape,
  Flatten,
  Squeeze,
  Unsqueeze,
  Transpose,
  Expand: ([x, shape]) => [generate(broadcastShape([x!.shape, [...shape!.values]]), (index) => broadcastAt(x!, index))],
  Shape: ([x], attributes) => {
    const dims = x!.shape.slice(number(attributes, 'start', 0), number(attributes, 'end', x!.shape.length));
    return [array([dims.length], dims)];
  },
  ConstantOfShape: ([shape], attributes) => [generate([...shape!.values], () => number(attributes, 'value', 0))],
  Concat,
  Split,
  Slice,
  Pad,
  Gather,
};
