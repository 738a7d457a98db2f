import { moved, most, type Known } from './fold.js';
import { batchFactor, describe, equalShapes, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Operator } from './operator.js';
import { product } from './windows.js';

function concatAxis(call: Call): number {
  return call.axis(call.number('axis', Number.NaN), call.dims(0).length);
}

const Concat: Operator = {
  infer: (call) => {
    const axis = concatAxis(call);
    const first = call.input(0);
    let total = 0;
    call.inputs.forEach((_, index) => {
      const { type, dims } = call.input(index);
      if (type !== first.type) call.fail(`parts of types ${first.type} and ${type}`);
      const others = (all: readonly Dim[]): Dim[] => all.filter((_, at) => at !== axis);
      if (!equalShapes(others(dims), others(first.dims))) call.fail(`${describe(first.dims)} beside ${describe(dims)}`);
      total += call.numberOf(dims[axis], `axis ${axis}`);
    });
    const dims = first.dims.map((dim, at) => (at === axis ? total : dim));
    const contents = joined(call.inputs as readonly Known[], dims, axis);
    return [{ type: first.type, dims, ...(contents && { contents }) }];
  },
  backward: ({ call, emit }, gradient, wanted) => {
    const axis = concatAxis(call);
    let start = 0;
    return call.inputs.map((input, index) => {
      const end = start + (input!.dims[axis] as number);
      const part = wanted[index] ? emit.slice(gradient, [axis], [start], [end]) : undefined;
      start = end;
      return part;
    });
  },
};

/** Contents of parts beside each other. */
function joined(parts: readonly Known[], dims: readonly Dim[], axis: number): Dim[] | undefined {
  const plain = dims.every((dim) => typeof dim === 'number') ? dims : undefined;
  if (!plain || parts.some(({ contents }) => !contents) || product(plain) > most) return undefined;
  // Of each part as many numbers at a time as lie behind the axis.
  const behind = product(plain.slice(axis + 1));
  const runs = parts.map((part) => ({ contents: part.contents!, length: behind * (part.dims[axis] as number) }));
  return Array.from({ length: product(plain.slice(0, axis)) }, (_, at) =>
    runs.flatMap(({ contents, length }) => contents.slice(at * length, (at + 1) * length)),
  ).flat();
}

/** Pads of all axes: those at the start, then those at the end. */
function padsOf(call: Call): number[] {
  const rank = call.dims(0).length;
  const pads = call.numbers(1) ?? call.fail('pads are missing');
  const axes = call.axes(3, rank) ?? Array.from({ length: rank }, (_, axis) => axis);
  if (pads.length !== 2 * axes.length) call.fail(`${pads.length} pads of ${axes.length} axes`);
  const all = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, at) => {
    all[axis] = pads[at]!;
    all[axis + rank] = pads[at + axes.length]!;
  });
  return all;
}

/** By a constant. */
const Pad: Operator = {
  operands: [1, 3],
  infer: (call) => {
    if (call.text('mode', 'constant') !== 'constant') call.fail(`mode ${call.text('mode', '')} is not in the set`);
    const pads = padsOf(call);
    const { type, dims } = call.input(0);
    const padded = dims.map((dim, axis): Dim => {
      const more = pads[axis]! + pads[axis + dims.length]!;
      return more === 0 && pads[axis] === 0 ? dim : call.numberOf(dim, `a padded axis (${axis})`) + more;
    });
    return [{ type, dims: padded }];
  },
  forward: ({ call, emit, inputs }) => ({
    outputs: [emit.node('Pad', [inputs[0]!, emit.ints(padsOf(call)), ...(call.has(2) ? [inputs[2]!] : [])])],
  }),
  backward: ({ call, emit }, gradient, [wanted]) => [
    wanted ? emit.pad(gradient, padsOf(call).map((pad) => -pad)) : undefined, // prettier-ignore
  ],
};

/** What a Slice takes of one axis: `count` elements from `start` on. */
interface Taken {
  readonly axis: number;
  readonly size: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Axes of which all is taken are left out. */
function sliceOf(call: Call): Taken[] {
  const dims = call.dims(0);
  const starts = call.contents(1) ?? call.fail('starts are missing');
  const ends = call.contents(2) ?? call.fail('ends are missing');
  const axes = call.axes(3, dims.length) ?? starts.map((_, axis) => axis);
  const steps = call.numbers(4) ?? starts.map(() => 1);
  return axes.flatMap((axis, at): Taken[] => {
    const dim = dims[axis]!;
    const [start, end, step] = [starts[at]!, ends[at]!, steps[at]!];
    if (typeof dim !== 'number') {
      const whole = typeof end === 'number' ? end >= 2 ** 31 - 1 : batchFactor(end) >= dim.batch;
      return start === 0 && whole && step === 1 ? [] : call.fail(`takes part of the examples (axis ${axis})`);
    }
    const from = call.numberOf(start, 'a start');
    const to = typeof end === 'number' ? end : call.fail('an end must not depend on the number of examples');
    const clamp = (value: number, low: number, high: number): number =>
      Math.min(Math.max(value < 0 ? value + dim : value, low), high);
    const first = step > 0 ? clamp(from, 0, dim) : clamp(from, 0, dim - 1);
    const last = step > 0 ? clamp(to, 0, dim) : clamp(to, -1, dim - 1);
    const count = Math.max(Math.ceil((last - first) / step), 0);
    // Parts of shapes may be empty.
    if (count === 0 && !call.input(0).contents) call.fail(`takes nothing of axis ${axis}`);
    return step === 1 && count === dim ? [] : [{ axis, size: dim, start: first, step, count }];
  });
}

const Slice: Operator = {
  operands: [1, 2, 3, 4],
  infer: (call) => {
    const { type, dims, contents } = call.input(0);
    const taken = sliceOf(call);
    const left = dims.map((dim, axis) => taken.find((one) => one.axis === axis)?.count ?? dim);
    const known = taken.reduce(
      (sofar, { axis, start, step }) =>
        moved(sofar, sofar.dims.with(axis, left[axis]!), (index) => index.with(axis, start + step * index[axis]!)),
      { dims, contents } as Known,
    );
    return [{ type, dims: left, ...(known.contents && { contents: known.contents }) }];
  },
  forward: ({ call, emit, inputs }) => {
    const taken = sliceOf(call);
    if (taken.length === 0) return { outputs: [inputs[0]!] };
    const ends = taken.map(({ start, step, count, size }) => {
      const end = start + (count - 1) * step + Math.sign(step);
      return end < 0 ? -size - 1 : end;
    });
    const steps = taken.map((one) => one.step);
    return { outputs: [emit.slice(inputs[0]!, taken.map((one) => one.axis), taken.map((one) => one.start), ends, steps)] }; // prettier-ignore
  },
  backward: ({ call, emit }, gradient, [wanted]) => {
    if (!wanted) return [];
    const sofar = [...call.outputs[0]!.dims];
    let value = gradient;
    for (const { axis, size, start, step, count } of sliceOf(call)) {
      const rank = sofar.length;
      const around = (at: number, rank: number, before: number, behind: number): number[] =>
        Array.from({ length: 2 * rank }, (_, place) => (place === at ? before : place === at + rank ? behind : 0));
      let first = start;
      if (step < 0) {
        value = emit.slice(value, [axis], [-1], [-count - 1], [-1]);
        first = start + (count - 1) * step;
      }
      const stride = Math.abs(step);
      let length = count;
      if (stride > 1) {
        // Zeros between: each element becomes `stride`.
        const apart = [...sofar.slice(0, axis + 1), 1, ...sofar.slice(axis + 1)];
        value = emit.pad(emit.reshape(value, apart), around(axis + 1, rank + 1, 0, stride - 1));
        length = count * stride;
        value = emit.reshape(value, [...sofar.slice(0, axis), length, ...sofar.slice(axis + 1)]);
      }
      value = emit.pad(value, around(axis, rank, first, size - first - length));
      sofar[axis] = size;
    }
    return [value];
  },
};

function splitsOf(call: Call): { axis: number; sizes: number[] } {
  const dims = call.dims(0);
  const axis = call.axis(call.number('axis', 0), dims.length);
  const size = call.numberOf(dims[axis], `axis ${axis}`);
  const outputs = call.node.outputs.length;
  const part = Math.ceil(size / outputs);
  const sizes = call.numbers(1) ?? Array.from({ length: outputs }, (_, at) => Math.min(part, size - at * part));
  if (sizes.length !== outputs || sizes.reduce((sum, one) => sum + one, 0) !== size || sizes.some((one) => one < 1))
    call.fail(`parts of ${sizes.join()} of ${size}`);
  return { axis, sizes };
}

const Split: Operator = {
  operands: [1],
  infer: (call) => {
    const { axis, sizes } = splitsOf(call);
    const { type, dims } = call.input(0);
    return sizes.map((size) => ({ type, dims: dims.map((dim, at) => (at === axis ? size : dim)) }));
  },
  forward: ({ call, emit, inputs }) => {
    const { axis, sizes } = splitsOf(call);
    let start = 0;
    return { outputs: sizes.map((size) => emit.slice(inputs[0]!, [axis], [start], [(start += size)])) };
  },
  backward: ({ call, emit }, gradient, [wanted], output) => {
    if (!wanted) return [];
    const { axis, sizes } = splitsOf(call);
    const before = sizes.slice(0, output).reduce((sum, size) => sum + size, 0);
    const rank = call.dims(0).length;
    const pads = new Array<number>(2 * rank).fill(0);
    pads[axis] = before;
    pads[axis + rank] = sizes.reduce((sum, size) => sum + size, 0) - before - sizes[output]!;
    return [emit.pad(gradient, pads)];
  },
};

export const parts = { Concat, Pad, Slice, Split };
