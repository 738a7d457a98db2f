import { at, count, generate, indexOf } from '../float-array.js';
import { list, number, sum, type Attributes, type Rule } from './rule.js';

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

/** Operators over windows. */
export const windows: Readonly<Record<string, Rule>> = {
  Conv,
  ConvTranspose,
  MaxPool: pool((inside) => Math.max(...inside)),
  AveragePool: pool(
    (inside, padded, attributes) => sum(inside) / (attributes['count_include_pad'] ? padded : inside.length),
  ),
};
