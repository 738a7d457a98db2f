import type { Value } from '../graph/graph.js';
import { batchFactor, describe, equalShapes, multiply, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Emitter } from './emitter.js';
import { explicit, unbroadcastByExample } from './examples.js';
import type { Operator, Step } from './operator.js';

const typeOf = (step: Pick<Step, 'call'>): 'float32' | 'float64' => step.call.float(0).type as 'float32' | 'float64';

/** How the input is looked at: as rows, each brought to mean 0 and variance 1. */
interface Rows {
  /** [..., elements of a row]. */
  readonly rows: readonly Dim[];
  /** Of scale and shift, as they are broadcast to the input. */
  readonly affine: readonly number[];
}

/** (x - mean) / sqrt(variance + epsilon) * scale + shift, with mean and variance of each row. */
function normalization(rowsOf: (call: Call) => Rows): Operator {
  const affine = (step: Pick<Step, 'call' | 'emit' | 'inputs'>, index: number): Value =>
    step.emit.reshape(step.inputs[index]!, rowsOf(step.call).affine, step.call.dims(index));
  const last = (rank: number): number[] => [rank - 1];
  const mean = (emit: Emitter, value: Value, rank: number): Value =>
    emit.node('ReduceMean', [value, emit.ints(last(rank))], { keepdims: 1 });
  /** The gradient by scale or shift before it is added up. */
  const byAffine = ({ emit, saved }: Step, gradient: Value, index: number): Value =>
    index === 1 ? emit.mul(gradient, saved[0]!) : gradient;
  return {
    infer: (call) => {
      rowsOf(call);
      const { type, dims } = call.float(0);
      return [{ type, dims }];
    },
    forward: (step) => {
      const { call, emit, inputs } = step;
      const { rows } = rowsOf(call);
      const dims = call.dims(0);
      const x = emit.reshape(inputs[0]!, rows, dims);
      const centred = emit.sub(x, mean(emit, x, rows.length));
      const variance = mean(emit, emit.mul(centred, centred), rows.length);
      const epsilon = emit.scalar(call.number('epsilon', 1e-5), typeOf(step));
      const inverse = emit.node('Reciprocal', [emit.node('Sqrt', [emit.add(variance, epsilon)])]);
      const normal = emit.reshape(emit.mul(centred, inverse), dims, rows);
      const scaled = emit.mul(normal, affine(step, 1));
      return { outputs: [call.has(2) ? emit.add(scaled, affine(step, 2)) : scaled], saved: [normal, inverse] };
    },
    backward: (step, gradient, wanted) => {
      const { call, emit, saved } = step;
      const { rows, affine: broadcast } = rowsOf(call);
      const dims = call.dims(0);
      const summed = (index: number): Value | undefined =>
        wanted[index]
          ? emit.reshape(
              emit.unbroadcast(byAffine(step, gradient, index), dims, broadcast),
              call.dims(index),
              broadcast,
            )
          : undefined;
      return [wanted[0] ? byInput() : undefined, summed(1), summed(2)];

      /** inverse (g - mean g - normal mean(g normal)) with g the gradient of `normal`. */
      function byInput(): Value {
        const g = emit.reshape(emit.mul(gradient, affine(step, 1)), rows, dims);
        const normal = emit.reshape(saved[0]!, rows, dims);
        const along = emit.mul(normal, mean(emit, emit.mul(g, normal), rows.length));
        const rest = emit.sub(emit.sub(g, mean(emit, g, rows.length)), along);
        return emit.reshape(emit.mul(rest, saved[1]!), dims, rows);
      }
    },
    byExample: (step, gradient, index) => {
      const { call, emit } = step;
      if (index === 0) return call.fail('a tensor in the place of the examples has no gradient by example');
      const shape = call.shape(index);
      const { affine: broadcast } = rowsOf(call);
      return explicit(emit, shape, () => {
        const each = unbroadcastByExample(emit, byAffine(step, gradient, index), call.dims(0), broadcast);
        return emit.reshape(each, [{ batch: 1 }, ...shape], [{ batch: 1 }, ...broadcast]);
      });
    },
    mixes: (call) =>
      batchFactor(multiply(rowsOf(call).rows.slice(-1)) ?? 0) > 0 ? 'it goes over examples' : undefined,
  };
}

const LayerNormalization = normalization((call) => {
  const dims = call.dims(0);
  const axis = call.axis(call.number('axis', -1), dims.length);
  const inner = call.numbersOf(dims.slice(axis), 'what is normalized must not depend on the number of examples');
  for (const index of [1, ...(call.has(2) ? [2] : [])])
    if (!equalShapes(call.dims(index), inner)) call.fail(`${describe(call.dims(index))} for ${describe(inner)}`);
  return { rows: [...dims.slice(0, axis), multiply(inner)!], affine: inner };
});

/** With statistics as they are: nothing is learnt of the batch. */
const BatchNormalization: Operator = {
  infer: (call) => {
    if (call.number('training_mode', 0) === 1)
      call.fail('statistics of the batch are not in the set: convert it to GroupNormalization');
    const [, channels] = call.dims(0);
    for (const index of [1, 2, 3, 4])
      if (!equalShapes(call.dims(index), [channels ?? 1]))
        call.fail(`${describe(call.dims(index))} for ${describe(call.dims(0))}`);
    call.numberOf(channels, 'the number of channels');
    return [{ type: call.float(0).type, dims: call.dims(0) }];
  },
  backward: (step, gradient, [byInput, byScale, byShift, ...statistics]) => {
    const { call, emit, inputs } = step;
    if (statistics.includes(true)) return call.fail('its mean and variance are not trained: freeze them');
    const dims = call.dims(0);
    const column = [call.dims(1)[0]!, ...dims.slice(2).map(() => 1)];
    const [scale, mean, variance] = [1, 3, 4].map((index) => emit.reshape(inputs[index]!, column, call.dims(index)));
    const epsilon = emit.scalar(call.number('epsilon', 1e-5), typeOf(step));
    const inverse = emit.node('Reciprocal', [emit.node('Sqrt', [emit.add(variance!, epsilon)])]);
    const summed = (value: Value): Value => emit.reshape(emit.unbroadcast(value, dims, column), call.dims(1), column);
    return [
      byInput ? emit.mul(gradient, emit.mul(scale!, inverse)) : undefined,
      byScale ? summed(emit.mul(gradient, emit.mul(emit.sub(inputs[0]!, mean!), inverse))) : undefined,
      byShift ? summed(gradient) : undefined,
    ];
  },
  mixes: () => 'batch normalization is refused where each example counts: convert it to GroupNormalization',
};

export const normalizations = { LayerNormalization, BatchNormalization };
