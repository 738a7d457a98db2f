import type { Value } from '../graph/graph.js';
import { describe, equalDims, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Emitter } from './emitter.js';
import type { Operator } from './operator.js';

/** Along one axis: how many there are, how many it gives, and the scale by which places are found. */
interface Stretch {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Of one axis's matrix. */
const mostNumbers = 2 ** 24;

/** Axes whose size or numbers change. */
function stretchesOf(call: Call): Stretch[] {
  const dims = call.dims(0);
  const sizes = call.contents(3);
  const scales = sizes && sizes.length > 0 ? undefined : call.numbers(2);
  const given = scales ?? sizes ?? call.fail('neither sizes nor scales are there');
  const axes = call.list('axes')?.map((axis) => call.axis(axis, dims.length)) ?? dims.map((_, axis) => axis);
  if (given.length !== axes.length) call.fail(`${given.length} sizes or scales of ${axes.length} axes`);
  if (call.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch') call.fail('keep_aspect_ratio_policy is not in the set'); // prettier-ignore
  return axes.flatMap((axis, at): Stretch[] => {
    const size = dims[axis]!;
    if (scales === undefined ? equalDims(size, sizes![at]!) : scales[at] === 1) return [];
    const from = call.numberOf(size, `a resized axis (${axis})`);
    const to = scales ? Math.floor(from * scales[at]!) : call.numberOf(sizes![at], `size ${at}`);
    if (!(to >= 1) || from * to > mostNumbers) call.fail(`${from} to ${to} along axis ${axis}`);
    return [{ axis, from, to, scale: scales?.[at] ?? to / from }];
  });
}

/** Where in the input a place of the output lies, by ONNX's names of the transforms. */
const places: Readonly<Record<string, (at: number, stretch: Stretch) => number>> = {
  half_pixel: (at, { scale }) => (at + 0.5) / scale - 0.5,
  pytorch_half_pixel: (at, { scale, to }) => (to > 1 ? (at + 0.5) / scale - 0.5 : 0),
  asymmetric: (at, { scale }) => at / scale,
  align_corners: (at, { from, to }) => (to > 1 ? (at * (from - 1)) / (to - 1) : 0),
};

/** A place as a whole number. */
const nearest: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Cubic convolution (Keys 1981) at a distance of up to 2. */
function keys(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

function attributesOf(call: Call) {
  const mode = call.text('mode', 'nearest');
  const transform = call.text('coordinate_transformation_mode', 'half_pixel');
  const rounding = call.text('nearest_mode', 'round_prefer_floor');
  if (!['nearest', 'linear', 'cubic'].includes(mode)) call.fail(`mode ${mode} is not in the set`);
  const placeOf = places[transform] ?? call.fail(`coordinate_transformation_mode ${transform} is not in the set`);
  const wholeOf = nearest[rounding] ?? call.fail(`nearest_mode ${rounding} is not in the set`);
  if (call.number('antialias', 0) !== 0) call.fail('antialias is not in the set');
  if (call.number('exclude_outside', 0) !== 0) call.fail('exclude_outside is not in the set');
  return { mode, placeOf, wholeOf, a: call.number('cubic_coeff_a', -0.75) };
}

/** What each place of the output takes of each of the input, row-major [to, from]. Beyond an end stands what is at it. */
function matrixOf(call: Call, stretch: Stretch): Float64Array {
  const { mode, placeOf, wholeOf, a } = attributesOf(call);
  const { from, to } = stretch;
  const matrix = new Float64Array(to * from);
  const put = (row: number, at: number, weight: number): void => {
    matrix[row * from + Math.min(Math.max(at, 0), from - 1)]! += weight;
  };
  for (let row = 0; row < to; row++) {
    const place = placeOf(row, stretch);
    // The runtime finds places in single precision, and rounds them.
    if (mode === 'nearest') put(row, wholeOf(Math.fround(place)), 1);
    else {
      const low = Math.floor(place);
      const reach = mode === 'linear' ? 1 : 2;
      for (let at = low - reach + 1; at <= low + reach; at++)
        put(row, at, mode === 'linear' ? 1 - Math.abs(place - at) : keys(place - at, a));
    }
  }
  return matrix;
}

/** Multiplies an axis by a matrix. @param matrix [to, from], or turned round @param to the axis's size then */
function along(emit: Emitter, value: Value, dims: readonly Dim[], axis: number, matrix: Value, to: number): Value {
  const behind = dims.slice(axis + 1);
  const rest = behind.reduce<number>((product, dim) => product * (dim as number), 1);
  const rows = emit.reshape(value, [...dims.slice(0, axis + 1), rest], dims);
  const out = [...dims.slice(0, axis), to];
  return emit.reshape(emit.matMul(matrix, rows), [...out, ...behind], [...out, rest]);
}

/** Images made larger or smaller. Along each axis it is a product with a constant matrix. */
const Resize: Operator = {
  operands: [1, 2, 3],
  infer: (call) => {
    const { type, dims } = call.float(0);
    attributesOf(call);
    const sizes = new Map(stretchesOf(call).map(({ axis, to }) => [axis, to]));
    const first = dims.findIndex((_, axis) => sizes.has(axis));
    if (first >= 0 && dims.slice(first).some((dim) => typeof dim !== 'number'))
      call.fail(`${describe(dims)}: the examples must come before the axes that are resized`);
    return [{ type, dims: dims.map((dim, axis) => sizes.get(axis) ?? dim) }];
  },
  forward: ({ call, emit, inputs }) => {
    const sofar = [...call.dims(0)];
    let value = inputs[0]!;
    for (const stretch of stretchesOf(call)) {
      const { axis, from, to } = stretch;
      const matrix = emit.constant(Array.from(matrixOf(call, stretch)), [to, from], call.float(0).type);
      value = along(emit, value, sofar, axis, matrix, to);
      sofar[axis] = to;
    }
    return { outputs: [value] };
  },
  backward: ({ call, emit }, gradient, [wanted]) => {
    if (!wanted) return [];
    const sofar = [...call.outputs[0]!.dims];
    let value = gradient;
    for (const stretch of stretchesOf(call).toReversed()) {
      const { axis, from, to } = stretch;
      const matrix = emit.constant(Array.from(matrixOf(call, stretch)), [to, from], call.float(0).type);
      value = along(emit, value, sofar, axis, emit.transposeLast(matrix, 2), from);
      sofar[axis] = from;
    }
    return [value];
  },
};

export const resizing = { Resize };
