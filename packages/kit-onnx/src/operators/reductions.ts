import type { Value } from '../graph/graph.js';
import { size, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Operator, Step } from './operator.js';

function axesOf(call: Call): number[] {
  const rank = call.dims(0).length;
  const axes = call.axes(1, rank);
  if (axes && axes.length > 0) return axes;
  return call.number('noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

const keeps = (call: Call): boolean => call.number('keepdims', 1) === 1;

/** Its axes 1 where they are reduced. */
function columnOf(call: Call): Dim[] {
  const axes = axesOf(call);
  return call.dims(0).map((dim, axis): Dim => (axes.includes(axis) ? 1 : dim));
}

/**
 * Along axes, of floating-point numbers.
 * @param slope writes the gradient by the input of gradient and output, both with 1 in the place of what was reduced, of
 *   whatever shape goes together with the input's
 * @param check refuses axes that it can not go over
 */
export function reductionOf(
  op: string,
  slope: (step: Step, gradient: Value, output: Value, axes: readonly number[]) => Value,
  check: (call: Call, axes: readonly number[]) => void = () => undefined,
): Operator {
  return {
    operands: [1],
    infer: (call) => {
      const axes = axesOf(call);
      const { type, dims } = call.float(0);
      check(call, axes);
      const left = dims.flatMap((dim, axis): Dim[] => (axes.includes(axis) ? (keeps(call) ? [1] : []) : [dim]));
      return [{ type, dims: left }];
    },
    forward: ({ call, emit, inputs }) => {
      const axes = axesOf(call);
      if (axes.length === 0) return { outputs: [inputs[0]!] };
      return { outputs: [emit.node(op, [inputs[0]!, emit.ints(axes)], { keepdims: Number(keeps(call)) })] };
    },
    backward: (step, gradient, [wanted]) => {
      if (!wanted) return [];
      const { call, emit, outputs } = step;
      const axes = axesOf(call);
      if (axes.length === 0) return [gradient];
      const column = columnOf(call);
      const from = call.outputs[0]!.dims;
      return [slope(step, emit.reshape(gradient, column, from), emit.reshape(outputs[0]!, column, from), axes)];
    },
  };
}

/** Of a shape with 1 where it was reduced, as wide as the input. */
function widened({ call, emit }: Step, value: Value, axes: readonly number[]): Value {
  const dims = call.dims(0);
  const isWide = axes.every((axis) => size(dims[axis]!) === 1 && typeof dims[axis] === 'number');
  return isWide ? value : emit.node('Expand', [value, emit.dims(dims)]);
}

/** How many are reduced to one. */
function countOf(call: Call, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * call.numberOf(call.dims(0)[axis], 'what a mean goes over'), 1);
}

const scalar = ({ call, emit }: Step, value: number): Value => emit.scalar(value, call.float(0).type);

const ReduceSum = reductionOf('ReduceSum', (step, gradient, _, axes) => widened(step, gradient, axes));
const ReduceMean = reductionOf(
  'ReduceMean',
  (step, gradient, _, axes) => widened(step, step.emit.mul(gradient, scalar(step, 1 / countOf(step.call, axes))), axes),
  countOf,
);

/** Of no axes these are another thing by each version of ONNX: the numbers as they are, or a norm of each. */
const some = (call: Call, axes: readonly number[]): void => {
  if (axes.length === 0) call.fail('without axes it is not in the set');
};
const ReduceSumSquare = reductionOf(
  'ReduceSumSquare',
  (step, gradient) => step.emit.mul(gradient, step.emit.mul(step.inputs[0]!, scalar(step, 2))),
  some,
);
const ReduceL1 = reductionOf(
  'ReduceL1',
  ({ emit, inputs }, gradient) => emit.mul(gradient, emit.node('Sign', [inputs[0]!])),
  some,
);
/** x / y; where all are 0 it is 0, as in PyTorch. */
const ReduceL2 = reductionOf(
  'ReduceL2',
  (step, gradient, output) => {
    const { emit, inputs } = step;
    const zero = scalar(step, 0);
    const isZero = emit.node('Equal', [output, zero]);
    return emit.mul(gradient, emit.node('Where', [isZero, zero, emit.div(inputs[0]!, output)]));
  },
  some,
);
const ReduceLogSumExp = reductionOf(
  'ReduceLogSumExp',
  ({ emit, inputs }, gradient, output) => emit.mul(gradient, emit.node('Exp', [emit.sub(inputs[0]!, output)])),
  some,
);

export const reductions = { ReduceMean, ReduceSum, ReduceSumSquare, ReduceL1, ReduceL2, ReduceLogSumExp };
