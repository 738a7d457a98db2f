import type { Value } from '../graph/graph.js';
import { batchFactor } from '../types/dims.js';
import type { Call } from './call.js';
import { unary } from './elementwise.js';
import type { Operator, Step } from './operator.js';

const typeOf = (step: Step): 'float32' | 'float64' => step.call.float(0).type as 'float32' | 'float64';
const scalar = (step: Step, value: number): Value => step.emit.scalar(value, typeOf(step));

/** At 0 the derivative is 0, as in PyTorch. */
const Relu = unary((step, gradient) => {
  const { emit, outputs } = step;
  return emit.mul(gradient, emit.indicator(emit.node('Greater', [outputs[0]!, scalar(step, 0)]), typeOf(step)));
});

const LeakyRelu = unary((step, gradient) => {
  const { call, emit, inputs } = step;
  const positive = emit.node('Greater', [inputs[0]!, scalar(step, 0)]);
  const slope = scalar(step, call.number('alpha', 0.01));
  return emit.mul(gradient, emit.node('Where', [positive, scalar(step, 1), slope]));
});

/** y (1 - y). */
const Sigmoid = unary((step, gradient) => {
  const { emit, outputs } = step;
  return emit.mul(gradient, emit.mul(outputs[0]!, emit.sub(scalar(step, 1), outputs[0]!)));
});

/** 1 - y^2. */
const Tanh = unary((step, gradient) => {
  const { emit, outputs } = step;
  return emit.mul(gradient, emit.sub(scalar(step, 1), emit.mul(outputs[0]!, outputs[0]!)));
});

/** Below 0 alpha (e^x - 1), whose derivative is y + alpha. */
const Elu = unary((step, gradient) => {
  const { call, emit, inputs, outputs } = step;
  const positive = emit.node('Greater', [inputs[0]!, scalar(step, 0)]);
  const below = emit.add(outputs[0]!, scalar(step, call.number('alpha', 1)));
  return emit.mul(gradient, emit.node('Where', [positive, scalar(step, 1), below]));
});

/** log(1 + e^x). */
const Softplus = unary((step, gradient) => step.emit.mul(gradient, step.emit.node('Sigmoid', [step.inputs[0]!])));

/**
 * x Phi(x), and its approximation by tanh. Written by other operators: the runtime would do so itself, or lack it.
 */
const Gelu: Operator = {
  infer: (call) => {
    const approximate = call.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh') call.fail(`approximate ${approximate} is not in the set`);
    const { type, dims } = call.float(0);
    return [{ type, dims }];
  },
  forward: ({ call, emit, inputs }) => {
    const step: Step = { call, emit, inputs, outputs: [], saved: [] };
    const x = inputs[0]!;
    const inner =
      call.text('approximate', 'none') === 'tanh'
        ? emit.node('Tanh', [tanhArgument(step)])
        : emit.node('Erf', [emit.mul(x, scalar(step, Math.SQRT1_2))]);
    // The weight of x, between 0 and 1.
    const weight = emit.mul(emit.add(inner, scalar(step, 1)), scalar(step, 0.5));
    return { outputs: [emit.mul(x, weight)], saved: [inner, weight] };
  },
  backward: (step, gradient, [wanted]) => {
    if (!wanted) return [];
    const { call, emit, inputs, saved } = step;
    const [inner, weight] = saved as [Value, Value];
    const x = inputs[0]!;
    const square = emit.mul(x, x);
    let slope: Value; // of the weight
    if (call.text('approximate', 'none') === 'tanh') {
      const outer = emit.sub(scalar(step, 0.5), emit.mul(emit.mul(inner, inner), scalar(step, 0.5)));
      const argument = emit.add(scalar(step, tanhScale), emit.mul(square, scalar(step, 3 * 0.044715 * tanhScale)));
      slope = emit.mul(outer, argument);
    } else {
      const bell = emit.node('Exp', [emit.mul(square, scalar(step, -0.5))]);
      slope = emit.mul(bell, scalar(step, 1 / Math.sqrt(2 * Math.PI)));
    }
    return [emit.mul(gradient, emit.add(weight, emit.mul(x, slope)))];
  },
};

const tanhScale = Math.sqrt(2 / Math.PI);

/** sqrt(2 / pi) (x + 0.044715 x^3). */
function tanhArgument(step: Step): Value {
  const { emit, inputs } = step;
  const x = inputs[0]!;
  const cubic = emit.mul(emit.mul(x, x), scalar(step, 0.044715 * tanhScale));
  return emit.mul(x, emit.add(cubic, scalar(step, tanhScale)));
}

function axisOf(call: Call): number {
  return call.axis(call.number('axis', -1), call.dims(0).length);
}

const softmaxRules = {
  infer: (call: Call) => {
    axisOf(call);
    const { type, dims } = call.float(0);
    return [{ type, dims }];
  },
  mixes: (call: Call) => (batchFactor(call.dims(0)[axisOf(call)]!) > 0 ? 'it goes over examples' : undefined),
};

/** y (g - sum of g y). */
const Softmax = unary(({ call, emit, outputs }, gradient) => {
  const sum = emit.reduceSum(emit.mul(gradient, outputs[0]!), [axisOf(call)], true);
  return emit.mul(outputs[0]!, emit.sub(gradient, sum));
}, softmaxRules);

/** g - e^y times the sum of g. */
const LogSoftmax = unary(({ call, emit, outputs }, gradient) => {
  const sum = emit.reduceSum(gradient, [axisOf(call)], true);
  return emit.sub(gradient, emit.mul(emit.node('Exp', [outputs[0]!]), sum));
}, softmaxRules);

export const activations = { Relu, LeakyRelu, Sigmoid, Tanh, Elu, Softplus, Gelu, Softmax, LogSoftmax };
