import type { Value } from '../graph/graph.js';
import type { Dim } from '../types/dims.js';
import { together } from './elementwise.js';
import { explicit, unbroadcastByExample } from './examples.js';
import { foldPairwise } from './fold.js';
import type { Operator, Step } from './operator.js';
import { reductionOf } from './reductions.js';

/** The part of a gradient that goes to one of several numbers: they share it where they are equal, as in PyTorch. */
function share({ call, emit, inputs, outputs }: Step, gradient: Value, index: number): Value {
  const { type } = call.outputs[0]!;
  const wins = inputs.map((value) => emit.indicator(emit.node('Equal', [value, outputs[0]!]), type));
  const winners = wins.reduce((sum, one) => emit.add(sum, one));
  return emit.mul(gradient, emit.div(wins[index]!, winners));
}

/** The largest (smallest) of several, element by element, broadcast; of whole numbers what is known before the graph runs. */
const several = (largest: boolean): Operator => ({
  infer: (call) => {
    const all = call.inputs.map((_, index) => index);
    const { type } = call.input(0);
    if (type === 'bool' || all.some((index) => call.input(index).type !== type)) call.fail('inputs of different types');
    const dims = together(call, all);
    const [left, right] = [call.input(0), call.inputs[1]];
    const rule = (a: Dim, b: Dim): Dim | undefined => {
      if (typeof a !== 'number' || typeof b !== 'number') return undefined;
      return largest ? Math.max(a, b) : Math.min(a, b);
    };
    const contents = right && all.length === 2 ? foldPairwise(rule, [left, right], dims) : undefined;
    return [{ type, dims, ...(contents && { contents }) }];
  },
  backward: (step, gradient, wanted) =>
    step.call.inputs.map((_, index) =>
      wanted[index]
        ? step.emit.unbroadcast(share(step, gradient, index), step.call.outputs[0]!.dims, step.call.dims(index))
        : undefined,
    ),
  byExample: (step, gradient, index) => {
    const { call, emit } = step;
    const shape = call.shape(index);
    return explicit(emit, shape, () =>
      unbroadcastByExample(emit, share(step, gradient, index), call.outputs[0]!.dims, shape),
    );
  },
});

/** The largest (smallest) along axes. Of equal ones each gets its share of the gradient, as in PyTorch's amax. */
function extreme(op: string): Operator {
  return reductionOf(op, ({ call, emit, inputs }, gradient, output, axes) => {
    const wins = emit.indicator(emit.node('Equal', [inputs[0]!, output]), call.float(0).type);
    const whole = axes.filter((axis) => (call.dims(0)[axis] as Dim) !== 1);
    const winners = whole.length === 0 ? wins : emit.reduceSum(wins, whole, true);
    return emit.mul(emit.div(gradient, winners), wins);
  });
}

export const extremes = {
  Max: several(true),
  Min: several(false),
  ReduceMax: extreme('ReduceMax'),
  ReduceMin: extreme('ReduceMin'),
};
