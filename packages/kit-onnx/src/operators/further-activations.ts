import type { Value } from '../graph/graph.js';
import { broadcast, describe, equalShapes } from '../types/dims.js';
import { unary } from './elementwise.js';
import { explicit, unbroadcastByExample } from './examples.js';
import type { Operator, Step } from './operator.js';

const typeOf = ({ call }: Pick<Step, 'call'>): 'float32' | 'float64' => call.float(0).type as 'float32' | 'float64';
const scalar = (step: Pick<Step, 'call' | 'emit'>, value: number): Value => step.emit.scalar(value, typeOf(step));

/** 1 where low < value < high, 0 elsewhere. */
function within(step: Step, value: Value, low: number, high: number): Value {
  const { emit } = step;
  const above = emit.indicator(emit.node('Greater', [value, scalar(step, low)]), typeOf(step));
  return emit.mul(above, emit.indicator(emit.node('Less', [value, scalar(step, high)]), typeOf(step)));
}

/** alpha x + beta, cut off at 0 and 1. */
const HardSigmoid = unary((step, gradient) => {
  const inside = within(step, step.outputs[0]!, 0, 1);
  return step.emit.mul(gradient, step.emit.mul(inside, scalar(step, step.call.number('alpha', 0.2))));
});

/** x times x / 6 + 1 / 2 that is cut off at 0 and 1 (Howard et al. 2019). */
const HardSwish = unary((step, gradient) => {
  const { emit, inputs } = step;
  const x = inputs[0]!;
  const gate = emit.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
  const slope = emit.mul(emit.mul(x, scalar(step, 1 / 6)), within(step, x, -3, 3));
  return emit.mul(gradient, emit.add(gate, slope));
});

/** gamma x above 0, gamma alpha (e^x - 1) below. Numbers of Klambauer et al. 2017, as ONNX rounds them. */
const Selu = unary((step, gradient) => {
  const { call, emit, inputs, outputs } = step;
  const gamma = call.number('gamma', 1.0507010221481323);
  const positive = emit.node('Greater', [inputs[0]!, scalar(step, 0)]);
  const below = emit.add(outputs[0]!, scalar(step, gamma * call.number('alpha', 1.6732631921768188)));
  return emit.mul(gradient, emit.node('Where', [positive, scalar(step, gamma), below]));
});

/** Below 0 alpha (e^(x / alpha) - 1), whose derivative is y / alpha + 1. */
const Celu = unary((step, gradient) => {
  const { call, emit, inputs, outputs } = step;
  const positive = emit.node('Greater', [inputs[0]!, scalar(step, 0)]);
  const below = emit.add(emit.mul(outputs[0]!, scalar(step, 1 / call.number('alpha', 1))), scalar(step, 1));
  return emit.mul(gradient, emit.node('Where', [positive, scalar(step, 1), below]));
});

/** x tanh(log(1 + e^x)). */
const Mish: Operator = {
  ...unary((step, gradient) => {
    const { emit, inputs, saved } = step;
    const [x, inner] = [inputs[0]!, saved[0]!];
    const outer = emit.sub(scalar(step, 1), emit.mul(inner, inner));
    const slope = emit.mul(x, emit.mul(outer, emit.node('Sigmoid', [x])));
    return emit.mul(gradient, emit.add(inner, slope));
  }),
  forward: ({ emit, inputs }) => {
    const inner = emit.node('Tanh', [emit.node('Softplus', [inputs[0]!])]);
    return { outputs: [emit.mul(inputs[0]!, inner)], saved: [inner] };
  },
};

/** x / (1 + |x|). */
const Softsign = unary((step, gradient) => {
  const { emit, inputs } = step;
  const divisor = emit.add(emit.node('Abs', [inputs[0]!]), scalar(step, 1));
  return emit.div(gradient, emit.mul(divisor, divisor));
});

const Sin = unary(({ emit, inputs }, gradient) => emit.mul(gradient, emit.node('Cos', [inputs[0]!])));
const Cos = unary(({ emit, inputs }, gradient) => emit.neg(emit.mul(gradient, emit.node('Sin', [inputs[0]!]))));

/** The gradient times what is below 0. */
function bySlope({ call, emit, inputs }: Step, gradient: Value): Value {
  const positive = emit.node('Greater', [inputs[0]!, emit.scalar(0, call.float(0).type)]);
  return emit.mul(gradient, emit.node('Where', [positive, emit.scalar(0, call.float(0).type), inputs[0]!]));
}

/** Below 0 x times a slope that is learned, which is broadcast to x. */
const PRelu: Operator = {
  infer: (call) => {
    const { type, dims } = call.float(0);
    const together = broadcast(dims, call.dims(1));
    if (!together || !equalShapes(together, dims))
      call.fail(`a slope of ${describe(call.dims(1))} for ${describe(dims)}`);
    return [{ type, dims }];
  },
  backward: (step, gradient, [byInput, bySlopes]) => {
    const { call, emit, inputs } = step;
    const positive = emit.node('Greater', [inputs[0]!, scalar(step, 0)]);
    const dims = call.dims(0);
    return [
      byInput ? emit.mul(gradient, emit.node('Where', [positive, scalar(step, 1), inputs[1]!])) : undefined,
      bySlopes ? emit.unbroadcast(bySlope(step, gradient), dims, call.dims(1)) : undefined,
    ];
  },
  byExample: (step, gradient, input) => {
    const { call, emit } = step;
    if (input !== 1) return call.fail('a tensor in the place of the examples has no gradient by example');
    const shape = call.shape(1);
    return explicit(emit, shape, () => unbroadcastByExample(emit, bySlope(step, gradient), call.dims(0), shape));
  },
};

export const furtherActivations = { HardSigmoid, HardSwish, Selu, Celu, Mish, Softsign, Sin, Cos, PRelu };
