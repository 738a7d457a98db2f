import type { Value } from '../graph/graph.js';
import { most } from './fold.js';
import { batchFactor, describe, equalDims, type Dim } from '../types/dims.js';
import { indices, strides, type TensorType } from '../types/tensor-type.js';
import type { Call } from './call.js';
import type { Emitter } from './emitter.js';
import { examplesFirst, explicit } from './examples.js';
import type { Operator } from './operator.js';
import { inverse } from './shapes.js';
import { product } from './windows.js';

function gatherAxis(call: Call): number {
  return call.axis(call.number('axis', 0), call.dims(0).length);
}

/** Rows of a table (embeddings), or one part of an axis. */
const Gather: Operator = {
  infer: (call) => {
    const { type, dims, contents } = call.input(0);
    const axis = gatherAxis(call);
    const at = call.input(1);
    if (at.type !== 'int64' && at.type !== 'int32') call.fail(`indices are ${at.type}`);
    const size = dims[axis]!;
    if (typeof size !== 'number' && !contents) call.fail(`takes part of the examples (axis ${axis})`);
    const result = [...dims.slice(0, axis), ...at.dims, ...dims.slice(axis + 1)];
    if (
      at.contents?.some((index) => typeof index !== 'number' || index < -(size as number) || index >= (size as number))
    )
      call.fail(`indices beyond ${describe(dims)}`);
    return [{ type, dims: result, ...gathered(dims, contents, at, axis) }];
  },
  backward: ({ call, emit, inputs }, gradient, [wanted]) => {
    if (!wanted) return [];
    const axis = gatherAxis(call);
    const dims = call.dims(0);
    const rank = dims.length;
    const asked = call.dims(1).length;
    // The axis first, added up there, and back.
    const perm = [axis, ...dims.map((_, at) => at).filter((at) => at !== axis)];
    const taken = Array.from({ length: asked }, (_, at) => axis + at);
    const others = call.outputs[0]!.dims.map((_, at) => at).filter((at) => at < axis || at >= axis + asked);
    const rows = emit.transpose(gradient, [...taken, ...others]);
    const zeros = emit.node('Expand', [emit.scalar(0, call.float(0).type), emit.dims(perm.map((at) => dims[at]!))]);
    const at = emit.unsqueeze(wholes(emit, call, inputs[1]!), [asked]);
    const sums = emit.node('ScatterND', [zeros, at, rows], { reduction: 'add' });
    return [rank === 1 ? sums : emit.transpose(sums, inverse(perm))];
  },
  byExample: ({ call, emit, inputs }, gradient) => {
    const [table, at] = [call.shape(0), call.dims(1)];
    if (gatherAxis(call) !== 0 || !at.some((dim) => batchFactor(dim) > 0))
      return call.fail('has a gradient by example only of a table that each example takes rows of');
    const [rows, width] = [table[0]!, product(table.slice(1))];
    return explicit(emit, table, () => {
      const taken = examplesFirst(emit, wholes(emit, call, inputs[1]!), at);
      const positions = product(taken.rest);
      const flat = emit.reshape(taken.value, [{ batch: 1 }, positions]);
      const hot = emit.node('OneHot', [flat, emit.ints([rows]), emit.constant([0, 1], [2], 'float32')]); // [N, positions, rows]
      const outer = examplesFirst(emit, gradient, call.outputs[0]!.dims);
      const parts = emit.reshape(outer.value, [{ batch: 1 }, positions, width]);
      return emit.reshape(emit.matMul(emit.transposeLast(hot, 3), parts), [{ batch: 1 }, ...table]);
    });
  },
};

/** Of what a matrix of places has at once. */
const mostPlaces = 2 ** 24;

/**
 * For gradients by example of a table of which all examples take the same rows, such as positions in a sequence: rows that are
 * taken twice are added up.
 * @returns writes [N, ...dims of the table] of [N, ...dims of what is taken]
 * @throws {FedwardError} CONFIG_INCOMPATIBLE along another axis than the first, and for a table that is too large
 */
export function rowsBack(call: Call, emit: Emitter): (each: Value) => Value {
  const table = call.shape(0);
  const [rows, places] = [table[0]!, call.numbers(1)!];
  if (gatherAxis(call) !== 0 || rows * places.length > mostPlaces)
    return call.fail('has a gradient by example only of rows, and of a table that is not too large');
  return (each) => {
    const taken = new Array<number>(rows * places.length).fill(0);
    for (const [at, place] of places.entries()) taken[(place < 0 ? place + rows : place) * places.length + at] = 1;
    const matrix = emit.constant(taken, [rows, places.length], 'float32');
    const flat = emit.reshape(each, [{ batch: 1 }, places.length, product(table.slice(1))]);
    return emit.reshape(emit.matMul(matrix, flat), [{ batch: 1 }, ...table]);
  };
}

function wholes(emit: Emitter, call: Call, value: Value): Value {
  return call.input(1).type === 'int64' ? value : emit.cast(value, 'int64');
}

/** Contents of what is gathered of known contents. */
function gathered(
  dims: readonly Dim[],
  contents: readonly Dim[] | undefined,
  at: TensorType,
  axis: number,
): { contents?: Dim[] } {
  const from = numbers(dims);
  const to = numbers(at.dims);
  if (!contents || !at.contents || !from || !to) return {};
  const step = strides(from);
  if ((contents.length / from[axis]!) * at.contents.length > most) return {};
  const all = [...indices([...from.slice(0, axis), at.contents.length, ...from.slice(axis + 1)])];
  const size = from[axis]!;
  return {
    contents: all.map((index) => {
      const row = at.contents![index[axis]!] as number;
      const place = index.map((one, along) => (along === axis ? (row < 0 ? row + size : row) : one));
      return contents[place.reduce((sum, one, along) => sum + one * step[along]!, 0)]!;
    }),
  };
}

const numbers = (dims: readonly Dim[]): number[] | undefined =>
  dims.every((dim) => typeof dim === 'number') ? [...(dims as readonly number[])] : undefined;

/** Of each place along an axis one, by indices of the shape of what comes out. */
const GatherElements: Operator = {
  infer: (call) => {
    const { type, dims } = call.input(0);
    const axis = gatherAxis(call);
    const at = call.input(1);
    if (at.type !== 'int64' && at.type !== 'int32') call.fail(`indices are ${at.type}`);
    const fits = at.dims.length === dims.length && at.dims.every((dim, along) => along === axis || equalDims(dim, dims[along]!)); // prettier-ignore
    if (!fits) call.fail(`indices ${describe(at.dims)} of ${describe(dims)} along axis ${axis}`);
    if (typeof dims[axis] !== 'number') call.fail(`takes part of the examples (axis ${axis})`);
    return [{ type, dims: at.dims }];
  },
  backward: ({ call, emit, inputs }, gradient, [wanted]) => {
    if (!wanted) return [];
    const zeros = emit.node('Expand', [emit.scalar(0, call.float(0).type), emit.dims(call.dims(0))]);
    const attributes = { axis: gatherAxis(call), reduction: 'add' };
    return [emit.node('ScatterElements', [zeros, inputs[1]!, gradient], attributes)];
  },
};

export const tables = { Gather, GatherElements };
