import type { ElementType, Value } from '../graph/graph.js';
import { broadcast, describe, type Dim } from '../types/dims.js';
import type { TensorType } from '../types/tensor-type.js';
import type { Call } from './call.js';
import { explicit, unbroadcastByExample } from './examples.js';
import { allKnown, arithmetic, expand, foldPairwise } from './fold.js';
import type { Operator, Step } from './operator.js';

/** What two or more inputs are together. */
export function together(call: Call, indices: readonly number[]): Dim[] {
  return indices.reduce<Dim[]>((dims, index) => {
    const next = call.dims(index);
    return broadcast(dims, next) ?? call.fail(`${describe(dims)} and ${describe(next)} do not go together`);
  }, []);
}

function sameTypes(call: Call, indices: readonly number[]): ElementType {
  const [first, ...others] = indices.map((index) => call.input(index).type);
  if (others.some((type) => type !== first)) call.fail(`inputs of types ${[first, ...others].join(' and ')}`);
  return first!;
}

/**
 * Elementwise in two inputs that are broadcast.
 * @param slopes writes the gradient times the derivative by each input, of the shape of the output
 */
function pairwise(op: string, slopes: readonly ((step: Step, gradient: Value) => Value)[]): Operator {
  return {
    infer: (call) => {
      const dims = together(call, [0, 1]);
      const type = sameTypes(call, [0, 1]);
      const rule = arithmetic[op];
      const isWhole = type === 'int64' || type === 'int32';
      const contents =
        rule && (isWhole || op !== 'Div') ? foldPairwise(rule, [call.input(0), call.input(1)], dims) : undefined;
      return [{ type, dims, ...(contents && { contents }) }];
    },
    backward: (step, gradient, wanted) =>
      slopes.map((slope, index) =>
        wanted[index]
          ? step.emit.unbroadcast(slope(step, gradient), step.call.outputs[0]!.dims, step.call.dims(index))
          : undefined,
      ),
    byExample: (step, gradient, index) => {
      const { call, emit } = step;
      const shape = call.shape(index);
      return explicit(emit, shape, () =>
        unbroadcastByExample(emit, slopes[index]!(step, gradient), call.outputs[0]!.dims, shape),
      );
    },
  };
}

const Add = pairwise('Add', [(_, gradient) => gradient, (_, gradient) => gradient]);
const Sub = pairwise('Sub', [(_, gradient) => gradient, ({ emit }, gradient) => emit.neg(gradient)]);
const Mul = pairwise('Mul', [
  ({ emit, inputs }, gradient) => emit.mul(gradient, inputs[1]!),
  ({ emit, inputs }, gradient) => emit.mul(gradient, inputs[0]!),
]);
const Div = pairwise('Div', [
  ({ emit, inputs }, gradient) => emit.div(gradient, inputs[1]!),
  ({ emit, inputs, outputs }, gradient) => emit.neg(emit.div(emit.mul(gradient, outputs[0]!), inputs[1]!)),
]);

/** The exponent must be a constant: by it there is no gradient. */
const Pow: Operator = {
  infer: (call) => {
    call.numbers(1);
    return [{ type: call.float(0).type, dims: together(call, [0, 1]) }];
  },
  backward: ({ call, emit, inputs }, gradient, [base]) => {
    if (!base) return [];
    const { type, dims } = call.outputs[0]!;
    const exponents = call.numbers(1)!;
    // x^0 has no slope, at 0 either, where x^-1 would be infinite.
    const below = emit.constant(exponents.map((exponent) => (exponent === 0 ? 0 : exponent - 1)), call.shape(1), type); // prettier-ignore
    const factor = emit.constant(exponents, call.shape(1), type);
    const slope = emit.mul(factor, emit.node('Pow', [inputs[0]!, below]));
    return [emit.unbroadcast(emit.mul(gradient, slope), dims, call.dims(0))];
  },
};

/** Elementwise in one input. @param slope writes the gradient times the derivative */
export function unary(slope: (step: Step, gradient: Value) => Value, more: Partial<Operator> = {}): Operator {
  return {
    infer: (call) => {
      const { type, dims } = call.float(0);
      return [{ type, dims }];
    },
    backward: (step, gradient, [wanted]) => [wanted ? slope(step, gradient) : undefined],
    ...more,
  };
}

const typeOf = (step: Step): ElementType => step.call.outputs[0]!.type;

const Neg = unary(({ emit }, gradient) => emit.neg(gradient));
const Abs = unary(({ emit, inputs }, gradient) => emit.mul(gradient, emit.node('Sign', [inputs[0]!])));
const Exp = unary(({ emit, outputs }, gradient) => emit.mul(gradient, outputs[0]!));
const Log = unary(({ emit, inputs }, gradient) => emit.div(gradient, inputs[0]!));
const Sqrt = unary((step, gradient) =>
  step.emit.div(step.emit.mul(gradient, step.emit.scalar(0.5, typeOf(step))), step.outputs[0]!),
);
const Reciprocal = unary(({ emit, outputs }, gradient) =>
  emit.neg(emit.mul(gradient, emit.mul(outputs[0]!, outputs[0]!))),
);
/** Derivative 2 / sqrt(pi) * exp(-x^2). */
const Erf = unary((step, gradient) => {
  const { emit, inputs } = step;
  const bell = emit.node('Exp', [emit.neg(emit.mul(inputs[0]!, inputs[0]!))]);
  return emit.mul(gradient, emit.mul(bell, emit.scalar(2 / Math.sqrt(Math.PI), typeOf(step))));
});

/** Bounds must be constants; at a bound the gradient passes, as in PyTorch. */
const Clip = unary(
  (step, gradient) => {
    const { call, emit, inputs } = step;
    const inside = [
      ...(call.has(1) ? [emit.node('GreaterOrEqual', [inputs[0]!, inputs[1]!])] : []),
      ...(call.has(2) ? [emit.node('LessOrEqual', [inputs[0]!, inputs[2]!])] : []),
    ];
    return inside.reduce((kept, condition) => emit.mul(kept, emit.indicator(condition, typeOf(step))), gradient);
  },
  {
    infer: (call) => {
      call.numbers(1);
      call.numbers(2);
      return [{ type: call.float(0).type, dims: call.dims(0) }];
    },
  },
);

/** What of a gradient arrives at the values where the condition holds (1), or where not (2). */
function whereSide({ call, emit, inputs }: Step, gradient: Value, side: number): Value {
  const zero = emit.scalar(0, call.outputs[0]!.type);
  return emit.node('Where', side === 1 ? [inputs[0]!, gradient, zero] : [inputs[0]!, zero, gradient]);
}

/** The condition has no gradient. */
const Where: Operator = {
  infer: (call) => {
    const dims = together(call, [0, 1, 2]);
    const [condition, yes, no] = [0, 1, 2].map((index) => expand(call.input(index), dims));
    const known = condition && yes && no && allKnown(condition.map((holds, at) => (holds !== 0 ? yes[at] : no[at])));
    return [{ type: sameTypes(call, [1, 2]), dims, ...(known && { contents: known }) }];
  },
  backward: (step, gradient, wanted) =>
    [0, 1, 2].map((side) => {
      const { call, emit } = step;
      if (side === 0 || !wanted[side]) return undefined;
      return emit.unbroadcast(whereSide(step, gradient, side), call.outputs[0]!.dims, call.dims(side));
    }),
  byExample: (step, gradient, side) => {
    const { call, emit } = step;
    const shape = call.shape(side);
    return explicit(emit, shape, () =>
      unbroadcastByExample(emit, whereSide(step, gradient, side), call.outputs[0]!.dims, shape),
    );
  },
};

/** A condition: no gradient passes it. */
function comparison(op: string): Operator {
  return {
    infer: (call) => {
      const dims = together(call, [0, 1]);
      sameTypes(call, [0, 1]);
      const rule = arithmetic[op];
      const contents = rule && foldPairwise(rule, [call.input(0), call.input(1)], dims);
      return [{ type: 'bool', dims, ...(contents && { contents }) }];
    },
  };
}

/** To another type; of whole numbers and conditions there is no gradient. */
const types: Readonly<Record<number, ElementType>> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool', 11: 'float64' };
function casting(typeOf: (call: Call) => ElementType, operands: readonly number[] = []): Operator {
  return {
    operands,
    infer: (call) => {
      const type = typeOf(call);
      const { dims, contents } = call.input(0);
      // What there is no whole number for is the runtime's business.
      const isKnown =
        !type.startsWith('int') || contents?.every((one) => typeof one !== 'number' || Number.isFinite(one));
      const known = isKnown ? contents?.map((one) => castContent(one, type)) : undefined;
      return [{ type, dims, ...(known && { contents: known }) }];
    },
    forward: ({ call, emit, inputs }) => {
      const { type } = call.outputs[0]!;
      return { outputs: [call.input(0).type === type ? inputs[0]! : emit.cast(inputs[0]!, type)] };
    },
    backward: ({ call, emit }, gradient, [wanted]) => {
      if (!wanted) return [];
      const { type } = call.input(0);
      return [type === call.outputs[0]!.type ? gradient : emit.cast(gradient, type)];
    },
  };
}

const Cast = casting(
  (call) => types[call.number('to', 0)] ?? call.fail(`to elements of type ${call.number('to', 0)} is not in the set`),
);
const CastLike = casting((call) => call.input(1).type, [1]);

function castContent(content: Dim, type: ElementType): Dim {
  // There is one example at least.
  if (typeof content !== 'number') return type === 'bool' ? 1 : content;
  const value = content;
  if (type === 'bool') return Number(value !== 0);
  if (type === 'int64' || type === 'int32') return Math.trunc(value);
  return type === 'float32' ? Math.fround(value) : value;
}

const Identity: Operator = {
  infer: (call) => [call.input(0)] satisfies readonly TensorType[],
  backward: (_, gradient, [wanted]) => [wanted ? gradient : undefined],
};

export const elementwise = {
  Add,
  Sub,
  Mul,
  Div,
  Pow,
  Neg,
  Abs,
  Exp,
  Log,
  Sqrt,
  Reciprocal,
  Erf,
  Clip,
  Where,
  Cast,
  CastLike,
  Identity,
  Equal: comparison('Equal'),
  Less: comparison('Less'),
  LessOrEqual: comparison('LessOrEqual'),
  Greater: comparison('Greater'),
  GreaterOrEqual: comparison('GreaterOrEqual'),
};
