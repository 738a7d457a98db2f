import type { Value } from '../graph/graph.js';
import type { Dim } from '../types/dims.js';
import { size } from '../types/dims.js';
import type { Call } from './call.js';
import type { Operator, Step } from './operator.js';

function axesOf(call: Call): number[] {
  const rank = call.dims(0).length;
  const axes = call.axes(1, rank);
  if (axes && axes.length > 0) return axes;
  return call.number('noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

const keeps = (call: Call): boolean => call.number('keepdims', 1) === 1;

/** @param share of each element, of all that are reduced to one */
function reduction(mean: boolean): Operator {
  /** How many are reduced to one. */
  const count = (call: Call): number =>
    axesOf(call).reduce((product, axis) => product * call.numberOf(call.dims(0)[axis], 'what a mean goes over'), 1);
  const scaled = ({ call, emit }: Omit<Step, 'outputs' | 'saved'>, value: Value): Value =>
    mean ? emit.mul(value, emit.scalar(1 / count(call), call.float(0).type)) : value;
  return {
    operands: [1],
    infer: (call) => {
      const axes = axesOf(call);
      const { dims } = call.input(0);
      const { type } = call.float(0);
      if (mean) count(call);
      const left = dims.flatMap((dim, axis): Dim[] => (axes.includes(axis) ? (keeps(call) ? [1] : []) : [dim]));
      return [{ type, dims: left }];
    },
    forward: (step) => {
      const { call, emit, inputs } = step;
      const [axes, keepdims] = [axesOf(call), Number(keeps(call))];
      if (axes.length === 0) return { outputs: [inputs[0]!] };
      return { outputs: [emit.node(mean ? 'ReduceMean' : 'ReduceSum', [inputs[0]!, emit.ints(axes)], { keepdims })] };
    },
    backward: (step, gradient, [wanted]) => {
      if (!wanted) return [];
      const { call, emit } = step;
      const axes = axesOf(call);
      const dims = call.dims(0);
      const column = dims.map((dim, axis): Dim => (axes.includes(axis) ? 1 : dim));
      const shared = emit.reshape(scaled(step, gradient), column, call.outputs[0]!.dims);
      return [axes.every((axis) => size(dims[axis]!) === 1 && typeof dims[axis] === 'number') ? shared : emit.node('Expand', [shared, emit.dims(dims)])]; // prettier-ignore
    },
  };
}

export const reductions = { ReduceMean: reduction(true), ReduceSum: reduction(false) };
