import { batchFactor, describe, type Dim } from '../types/dims.js';
import type { TensorType } from '../types/tensor-type.js';
import type { Call } from './call.js';
import { together } from './elementwise.js';
import { foldPairwise, most } from './fold.js';
import type { Operator } from './operator.js';

/** Of two conditions. */
function connective(rule: (left: Dim, right: Dim) => Dim): Operator {
  return {
    infer: (call) => {
      const dims = together(call, [0, 1]);
      [0, 1].forEach((index) => condition(call, index));
      const contents = foldPairwise(rule, [call.input(0), call.input(1)], dims);
      return [{ type: 'bool', dims, ...(contents && { contents }) }];
    },
  };
}

function condition(call: Call, index: number): TensorType {
  const input = call.input(index);
  return input.type === 'bool' ? input : call.fail(`input ${index} is ${input.type}, and must be a condition`);
}

const Not: Operator = {
  infer: (call) => {
    const { dims, contents } = condition(call, 0);
    return [{ type: 'bool', dims, ...(contents && { contents: contents.map((one) => Number(one === 0)) }) }];
  },
};

const IsNaN: Operator = { infer: (call) => [{ type: 'bool', dims: call.float(0).dims }] };

/** Remainders of whole numbers, with the sign of the divisor: what exporters ask of shapes. */
const Mod: Operator = {
  infer: (call) => {
    const dims = together(call, [0, 1]);
    const [left, right] = [call.input(0), call.input(1)];
    if (left.type !== right.type || !left.type.startsWith('int'))
      call.fail(`of ${left.type} and ${right.type} is not in the set`);
    const contents = foldPairwise(remainder, [left, right], dims);
    return [{ type: left.type, dims, ...(contents && { contents }) }];
  },
};

/** Of a number of examples it is known where its factor is divided. */
function remainder(left: Dim, right: Dim): Dim | undefined {
  if (typeof right !== 'number' || right === 0) return undefined;
  if (typeof left !== 'number') return left.batch % right === 0 ? 0 : undefined;
  return left - right * Math.floor(left / right);
}

/** Known before the graph runs, as places in a sequence are; or one number for each example. */
const Range: Operator = {
  infer: (call) => {
    const [first, end, by] = [0, 1, 2].map((index) => call.contents(index)?.[0]);
    if (first === 0 && by === 1 && typeof end === 'object') return [{ type: call.input(0).type, dims: [end] }];
    const [start, limit, step] = [0, 1, 2].map((index) => {
      const [value, ...more] = call.numbers(index) ?? call.fail(`input ${index} is missing`);
      return value === undefined || more.length > 0 ? call.fail(`input ${index} must be one number`) : value;
    }) as [number, number, number];
    const count = step === 0 ? Infinity : Math.max(Math.ceil((limit - start) / step), 0);
    if (!(count <= most)) call.fail(`${count} numbers; the most is ${most}`);
    const contents = Array.from({ length: count }, (_, at) => start + at * step);
    return [{ type: call.input(0).type, dims: [count], contents }];
  },
};

/** What is kept of matrices: the diagonal `k` and what is above (below) it. */
function triangle(call: Call): { upper: number; k: number } {
  const dims = call.dims(0);
  if (dims.length < 2) call.fail(`takes matrices, not ${describe(dims)}`);
  return { upper: call.number('upper', 1), k: call.numbers(1)?.[0] ?? 0 };
}

/** A triangle of matrices, zeros elsewhere. */
const Trilu: Operator = {
  operands: [1],
  infer: (call) => {
    const { upper, k } = triangle(call);
    const { type, dims, contents } = call.input(0);
    const [rows, columns] = dims.slice(-2);
    const known =
      contents && typeof rows === 'number' && typeof columns === 'number'
        ? contents.map((one, place) => {
            const above = (place % columns) - (Math.floor(place / columns) % rows) - k;
            return (upper === 1 ? above >= 0 : above <= 0) ? one : 0;
          })
        : undefined;
    return [{ type, dims, ...(known && { contents: known }) }];
  },
  forward: ({ call, emit, inputs }) => {
    const { upper, k } = triangle(call);
    return { outputs: [emit.node('Trilu', [inputs[0]!, emit.graph.int64([k], [])], { upper })] };
  },
  backward: ({ call, emit }, gradient, [wanted]) => {
    const { upper, k } = triangle(call);
    return [wanted ? emit.node('Trilu', [gradient, emit.graph.int64([k], [])], { upper }) : undefined];
  },
  mixes: (call) =>
    call.dims(0).slice(-2).some((dim) => batchFactor(dim) > 0) ? 'it goes over examples' : undefined, // prettier-ignore
};

export const logic = {
  And: connective((left, right) => Number(left !== 0 && right !== 0)),
  Or: connective((left, right) => Number(left !== 0 || right !== 0)),
  Not,
  IsNaN,
  Mod,
  Range,
  Trilu,
};
