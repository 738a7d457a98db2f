import { array, at, broadcastAt, count, generate, indexOf, type FloatArray } from '../float-array.js';
import { fromEnd, list, number, sum, type Attributes, type Rule } from './rule.js';

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

/** Operators that reduce axes, or normalize over them. */
export const reductions: Readonly<Record<string, Rule>> = {
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  GlobalAveragePool: ([x]) => reduce(true)([x!, array([x!.shape.length - 2], x!.shape.slice(2).map((_, a) => a + 2))], {}, { opset: 18, outputs: 1 }), // prettier-ignore
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
};
