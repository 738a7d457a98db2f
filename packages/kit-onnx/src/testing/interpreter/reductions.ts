import { array, at, broadcastAt, count, generate, indexOf, type FloatArray } from '../float-array.js';
import { fromEnd, list, number, sum, type Attributes, type Rule } from './rule.js';

/** @param of what all that are reduced to one make together */
function reduce(of: (all: readonly number[]) => number): Rule {
  return ([x, given], attributes) => {
    const rank = x!.shape.length;
    let axes = (given ? [...given.values] : list(attributes, 'axes'))?.map((axis) => fromEnd(axis, rank));
    if (!axes || axes.length === 0)
      axes = number(attributes, 'noop_with_empty_axes', 0) ? [] : x!.shape.map((_, axis) => axis);
    const kept = x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const over = x!.shape.map((dim, axis) => (axes.includes(axis) ? dim : 1));
    const total = count(over);
    const result = generate(kept, (index) => {
      const places = Array.from({ length: total }, (_, k) => indexOf(over, k));
      return of(places.map((place) => at(x!, place.map((one, axis) => one + index[axis]!)))); // prettier-ignore
    });
    if (number(attributes, 'keepdims', 1)) return [result];
    return [array(kept.filter((_, axis) => !axes.includes(axis)), result.values)]; // prettier-ignore
  };
}

const mean = (all: readonly number[]): number => sum(all) / all.length;

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
  GlobalMaxPool: ([x]) => [generate([...x!.shape.slice(0, 2), ...x!.shape.slice(2).map(() => 1)], ([n, c]) => Math.max(...x!.values.subarray((n! * x!.shape[1]! + c!) * count(x!.shape.slice(2)), (n! * x!.shape[1]! + c! + 1) * count(x!.shape.slice(2)))))], // prettier-ignore
  GlobalAveragePool: ([x]) => reduce(mean)([x!, array([x!.shape.length - 2], x!.shape.slice(2).map((_, a) => a + 2))], {}, { opset: 18, outputs: 1 }), // prettier-ignore
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
  ReduceMean: reduce(mean),
  ReduceSum: reduce(sum),
  ReduceMax: reduce((all) => Math.max(...all)),
  ReduceMin: reduce((all) => Math.min(...all)),
  ReduceL1: reduce((all) => sum(all.map(Math.abs))),
  ReduceL2: reduce((all) => Math.hypot(...all)),
  ReduceSumSquare: reduce((all) => sum(all.map((value) => value ** 2))),
  ReduceLogSumExp: reduce((all) => Math.log(sum(all.map(Math.exp)))),
};
