import type { Value } from '../graph/graph.js';
import { batchFactor, describe, divide, equalDims, multiply, type Dim } from '../types/dims.js';
import type { TensorType } from '../types/tensor-type.js';
import type { Call } from './call.js';
import { explicit, unbroadcastByExample } from './examples.js';
import { expand, moved } from './fold.js';
import type { Operator } from './operator.js';

/** The same elements in the same order. */
function sameElements(dimsOf: (call: Call) => readonly Dim[]): Operator {
  return {
    operands: [1],
    infer: (call) => {
      const { type, contents } = call.input(0);
      return [{ type, dims: dimsOf(call), ...(contents && { contents }) }];
    },
    forward: ({ call, emit, inputs }) => ({ outputs: [emit.reshape(inputs[0]!, call.outputs[0]!.dims, call.dims(0))] }),
    backward: ({ call, emit }, gradient, [wanted]) => [
      wanted ? emit.reshape(gradient, call.dims(0), call.outputs[0]!.dims) : undefined,
    ],
    mixes: (call) => {
      // Before the examples must come as many elements as before.
      const before = (dims: readonly Dim[]): Dim | undefined =>
        multiply(
          dims.slice(
            0,
            dims.findIndex((dim) => batchFactor(dim) > 0),
          ),
        );
      const [from, to] = [call.dims(0), call.outputs[0]!.dims];
      if (!from.some((dim) => batchFactor(dim) > 0)) return undefined;
      return before(from) === before(to)
        ? undefined
        : `${describe(from)} to ${describe(to)} moves elements between examples`;
    },
  };
}

function reshaped(call: Call): Dim[] {
  const from = call.dims(0);
  const asked = call.contents(1) ?? call.fail('the shape is missing');
  const dims: (Dim | -1)[] = asked.map((dim, axis) =>
    dim === 0 && call.number('allowzero', 0) === 0
      ? (from[axis] ?? call.fail(`there is no axis ${axis} to copy`))
      : dim,
  );
  const open = dims.flatMap((dim, axis) => (dim === -1 ? [axis] : []));
  const total = multiply(from) ?? call.fail(`${describe(from)} has the number of examples twice`);
  const others = multiply(dims.filter((dim) => dim !== -1)) ?? call.fail(`a shape with the number of examples twice`);
  const wrong = (): never => call.fail(`${describe(from)} does not become ${describe(asked)}`);
  if (open.length > 1) wrong();
  if (open.length === 1) dims[open[0]!] = divide(total, others) ?? wrong();
  else if (!equalDims(total, others)) wrong();
  return dims;
}

function flattened(call: Call): Dim[] {
  const dims = call.dims(0);
  const axis = call.number('axis', 1);
  const at = axis < 0 ? axis + dims.length : axis;
  if (!(at >= 0 && at <= dims.length)) call.fail(`there is no axis ${axis}`);
  return [dims.slice(0, at), dims.slice(at)].map(
    (part) => multiply(part) ?? call.fail(`${describe(part)} has the number of examples twice`),
  );
}

function squeezed(call: Call): Dim[] {
  const dims = call.dims(0);
  const axes = call.axes(1, dims.length) ?? dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  if (axes.some((axis) => dims[axis] !== 1)) call.fail(`${describe(dims)} is not 1 along the axes ${axes.join()}`);
  return dims.filter((_, axis) => !axes.includes(axis));
}

function unsqueezed(call: Call): Dim[] {
  const given = call.has(1) ? call.numbers(1)! : (call.list('axes') ?? call.fail('axes are missing'));
  const rank = call.dims(0).length + given.length;
  const axes = given.map((axis) => call.axis(axis, rank));
  if (new Set(axes).size !== axes.length) call.fail(`axes ${given.join()} are not different ones`);
  const others = [...call.dims(0)];
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : others.shift()!));
}

function permOf(call: Call): readonly number[] {
  const rank = call.dims(0).length;
  const perm = call.list('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if ([...perm].sort((a, b) => a - b).some((axis, at) => axis !== at) || perm.length !== rank)
    call.fail(`perm ${perm.join()} of ${describe(call.dims(0))}`);
  return perm;
}

const Transpose: Operator = {
  infer: (call) => {
    const { type, dims, contents } = call.input(0);
    const perm = permOf(call);
    const turned = moved({ dims, contents }, perm.map((axis) => dims[axis]!), (index) => inverse(perm).map((axis) => index[axis]!)); // prettier-ignore
    return [{ type, dims: turned.dims, ...(turned.contents && { contents: turned.contents }) }];
  },
  forward: ({ call, emit, inputs }) => ({ outputs: [emit.transpose(inputs[0]!, permOf(call))] }),
  backward: ({ call, emit }, gradient, [wanted]) => [
    wanted ? emit.transpose(gradient, inverse(permOf(call))) : undefined,
  ],
};

export function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

const Expand: Operator = {
  infer: (call) => {
    const asked = call.contents(1) ?? call.fail('the shape is missing');
    const dims = call.dims(0);
    const rank = Math.max(asked.length, dims.length);
    const wide = Array.from({ length: rank }, (_, axis): Dim => {
      const from = dims[axis - rank + dims.length] ?? 1;
      const to = asked[axis - rank + asked.length] ?? 1;
      if (from === 1) return to;
      return to === 1 || equalDims(from, to) ? from : call.fail(`${describe(dims)} does not become ${describe(asked)}`);
    });
    const contents = expand(call.input(0), wide);
    return [{ type: call.input(0).type, dims: wide, ...(contents && { contents }) }];
  },
  backward: ({ call, emit }, gradient, [wanted]) => [
    wanted ? emit.unbroadcast(gradient, call.outputs[0]!.dims, call.dims(0)) : undefined,
  ],
  byExample: ({ call, emit }, gradient) => {
    const shape = call.shape(0);
    return explicit(emit, shape, () => unbroadcastByExample(emit, gradient, call.outputs[0]!.dims, shape));
  },
};

/** Its dimensions, which are known, so that nothing of it is in the graph that runs. */
const Shape: Operator = {
  infer: (call) => {
    const dims = call.dims(0);
    const clamp = (value: number): number =>
      Math.min(Math.max(value < 0 ? value + dims.length : value, 0), dims.length);
    const contents = dims.slice(clamp(call.number('start', 0)), clamp(call.number('end', dims.length)));
    return [{ type: 'int64', dims: [contents.length], contents } satisfies TensorType];
  },
};

/** A mask if there is one in training; otherwise nothing happens. */
const Dropout: Operator = {
  infer: (call) => {
    const { type, dims } = call.float(0);
    return [{ type, dims }];
  },
  forward: ({ emit, inputs, mask }) => {
    if (!mask) return { outputs: [inputs[0]!] };
    return { outputs: [emit.mul(inputs[0]!, mask)], saved: [mask] };
  },
  backward: ({ emit, saved }, gradient, [wanted]) => [
    wanted ? (saved[0] ? emit.mul(gradient, saved[0]) : gradient) : undefined,
  ],
};

function filling(call: Call): number {
  const value = call.node.attributes?.['value'] ?? 0;
  const [first] = typeof value === 'object' ? value : [value];
  return typeof first === 'number' ? first : call.fail('value is no number');
}

/** Of one number everywhere. ONNX has it as a tensor; a network as the number, beside the `type` of elements if not float32. */
const ConstantOfShape: Operator = {
  operands: [0],
  infer: (call) => {
    const dims = call.contents(0) ?? call.fail('the shape is missing');
    const value = filling(call);
    const total = multiply(dims);
    const contents = typeof total === 'number' && total <= 100_000 ? new Array<number>(total).fill(value) : undefined;
    const types = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool', 11: 'float64' } as const;
    const type = types[call.number('type', 1) as keyof typeof types] ?? call.fail('elements of this type');
    return [{ type, dims, ...(contents && { contents }) }];
  },
  forward: ({ call, emit }) => {
    const { type, dims } = call.outputs[0]!;
    const value = filling(call);
    return { outputs: [emit.node('Expand', [emit.scalar(value, type), emit.dims(dims)])] };
  },
};

export const reshapes: Readonly<Record<string, Operator>> = {
  Reshape: sameElements(reshaped),
  Flatten: sameElements(flattened),
  Squeeze: sameElements(squeezed),
  Unsqueeze: sameElements(unsqueezed),
  Transpose,
  Expand,
  Shape,
  Dropout,
  ConstantOfShape,
};

/** Whether a value's elements are those of the input, in whatever order: then so is the norm of a gradient. */
export const views: ReadonlySet<string> = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Identity',
]);

/** The gradient by example of a view's input. @param each [N, ...dims of the view] */
export function viewBack(
  call: Call,
  emit: Parameters<NonNullable<Operator['backward']>>[0]['emit'],
  each: Value,
): Value {
  const dims = call.shape(0);
  if (call.node.op !== 'Transpose') return emit.reshape(each, [{ batch: 1 }, ...dims]);
  return emit.transpose(each, [0, ...inverse(permOf(call)).map((axis) => axis + 1)]);
}
