import { array, at, broadcastAt, broadcastShape, count, generate } from '../float-array.js';
import { fromEnd, list, number, sum, type Rule } from './rule.js';

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

/** Operators that move elements. */
export const shapes: Readonly<Record<string, Rule>> = {
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
  GatherElements: ([x, indices], attributes) => {
    const axis = fromEnd(number(attributes, 'axis', 0), x!.shape.length);
    return [
      generate(indices!.shape, (index) => at(x!, index.with(axis, fromEnd(at(indices!, index), x!.shape[axis]!)))),
    ];
  },
  Tile: ([x, repeats]) => [
    generate(
      x!.shape.map((dim, axis) => dim * repeats!.values[axis]!),
      (index) => at(x!, index.map((one, axis) => one % x!.shape[axis]!)), // prettier-ignore
    ),
  ],
  Trilu: ([x, k], attributes) => [
    generate(x!.shape, (index) => {
      const above = index.at(-1)! - index.at(-2)! - (k?.values[0] ?? 0);
      return (number(attributes, 'upper', 1) ? above >= 0 : above <= 0) ? at(x!, index) : 0;
    }),
  ],
};
