import type { Value } from '../graph/graph.js';
import { describe, equalShapes, multiply, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import { imagesOf } from './convolution.js';
import { explicit } from './examples.js';
import type { Operator, Step } from './operator.js';

const typeOf = (step: Pick<Step, 'call'>): 'float32' | 'float64' => step.call.float(0).type as 'float32' | 'float64';

/** [N, channels, ...spatial], in groups of channels. */
interface Groups {
  readonly examples: Dim;
  readonly groups: number;
  /** Channels of a group. */
  readonly channels: number;
  /** Numbers of a channel. */
  readonly positions: number;
}

/**
 * Normalization of groups of channels, with scale and shift by channel. What it passes over is what costs, so nothing of the
 * input's size is made but the centred input: with c that, r = 1 / sqrt(variance + epsilon) of a group, s1 and s2 the sums
 * over a channel's positions of g and of g c, and m1 and m2 those of scale s1 and scale s2 over a group, divided by its size,
 * the gradients are s1 by the shift, r s2 by the scale, and r scale g - r^3 m2 c - r m1 by the input.
 */
function byGroups(groupsOf: (call: Call) => Groups): Operator {
  type Shapes = Record<'rows' | 'perGroup' | 'inGroups' | 'lines' | 'columns', Dim[]>;
  const shapesOf = (call: Call): Shapes => {
    const { examples, groups, channels, positions } = groupsOf(call);
    return {
      rows: [examples, groups, channels * positions],
      perGroup: [examples, groups, 1],
      inGroups: [examples, groups, channels],
      lines: [examples, groups * channels, positions],
      columns: [examples, groups * channels, 1],
    };
  };
  const scaleOf = ({ call, emit, inputs }: Pick<Step, 'call' | 'emit' | 'inputs'>): Value => {
    const { groups, channels } = groupsOf(call);
    return emit.reshape(inputs[1]!, [1, groups, channels]);
  };
  /** s1 and s2, [N, groups, channels]. */
  const shiftSums = ({ call, emit }: Step, gradient: Value): Value => {
    const { lines, inGroups } = shapesOf(call);
    return emit.reshape(emit.reduceSum(emit.reshape(gradient, lines, call.dims(0)), [2]), inGroups);
  };
  const scaleSums = (step: Step, gradient: Value): Value => {
    const { call, emit, saved } = step;
    const { lines, rows } = shapesOf(call);
    const products = emit.mul(emit.reshape(gradient, lines, call.dims(0)), emit.reshape(saved[0]!, lines, rows));
    return emit.reshape(emit.reduceSum(products, [2]), shapesOf(call).inGroups);
  };
  /** [N, groups, channels], for each example. */
  const byAffine = (step: Step, gradient: Value, index: number): Value =>
    index === 1 ? step.emit.mul(scaleSums(step, gradient), step.saved[1]!) : shiftSums(step, gradient);

  return {
    infer: (call) => {
      const { groups, channels } = groupsOf(call);
      for (const index of [1, 2])
        if (!equalShapes(call.dims(index), [groups * channels]))
          call.fail(`${describe(call.dims(index))} of ${groups * channels} channels`);
      const { type, dims } = call.float(0);
      return [{ type, dims }];
    },
    forward: (step) => {
      const { call, emit, inputs } = step;
      const { groups, channels, positions } = groupsOf(call);
      const { rows, lines, columns } = shapesOf(call);
      const x = emit.reshape(inputs[0]!, rows, call.dims(0));
      const centred = emit.sub(x, emit.node('ReduceMean', [x, emit.ints([2])], { keepdims: 1 }));
      const squares = emit.node('ReduceSumSquare', [centred, emit.ints([2])], { keepdims: 1 });
      const variance = emit.mul(squares, emit.scalar(1 / (channels * positions), typeOf(step)));
      const epsilon = emit.scalar(call.number('epsilon', 1e-5), typeOf(step));
      const inverse = emit.node('Reciprocal', [emit.node('Sqrt', [emit.add(variance, epsilon)])]);
      const slopes = emit.reshape(emit.mul(inverse, scaleOf(step)), columns);
      const shift = emit.reshape(inputs[2]!, [1, groups * channels, 1]);
      const scaled = emit.add(emit.mul(emit.reshape(centred, lines, rows), slopes), shift);
      return { outputs: [emit.reshape(scaled, call.dims(0), lines)], saved: [centred, inverse, slopes] };
    },
    backward: (step, gradient, wanted) => {
      const { call, emit, saved } = step;
      const { groups, channels, positions } = groupsOf(call);
      const { rows, lines } = shapesOf(call);
      const summed = (index: number): Value | undefined =>
        wanted[index]
          ? emit.reshape(emit.reduceSum(byAffine(step, gradient, index), [0]), call.dims(index))
          : undefined;
      return [wanted[0] ? byInput() : undefined, summed(1), summed(2)];

      function byInput(): Value {
        const [centred, inverse, slopes] = saved as [Value, Value, Value];
        const share = emit.scalar(1 / (channels * positions), typeOf(step));
        const mean = (sums: Value): Value => emit.mul(emit.reduceSum(emit.mul(sums, scaleOf(step)), [2], true), share);
        const cube = emit.mul(emit.mul(inverse, inverse), inverse);
        const factor = emit.neg(emit.mul(cube, mean(scaleSums(step, gradient))));
        const offset = emit.neg(emit.mul(inverse, mean(shiftSums(step, gradient))));
        // centred times factor plus offset, in one pass: batch normalization with each example's group as a channel.
        const all: Dim = multiply([rows[0]!, groups])!;
        const row = (value: Value): Value => emit.reshape(value, [all]);
        const fill = (value: number): Value =>
          emit.node('Expand', [emit.scalar(value, typeOf(step)), emit.dims([all])]);
        const asChannels = emit.reshape(centred, [1, all, rows[2]!]);
        const inputs = [asChannels, row(factor), row(offset), fill(0), fill(1)];
        const rest = emit.reshape(emit.node('BatchNormalization', inputs, { epsilon: { float: 0 } }), lines);
        const direct = emit.mul(emit.reshape(gradient, lines, call.dims(0)), slopes);
        return emit.reshape(emit.add(direct, rest), call.dims(0), lines);
      }
    },
    byExample: (step, gradient, index) => {
      const { call, emit } = step;
      if (index === 0) return call.fail('a tensor in the place of the examples has no gradient by example');
      const shape = call.shape(index);
      const { inGroups } = shapesOf(call);
      return explicit(emit, shape, () => emit.reshape(byAffine(step, gradient, index), [inGroups[0]!, ...shape]));
    },
  };
}

const InstanceNormalization = byGroups((call) => {
  const { channels, spatial } = imagesOf(call);
  return { examples: call.dims(0)[0]!, groups: channels, channels: 1, positions: multiply(spatial) as number };
});

/** Scale and shift by channel (operators' version 21). */
const GroupNormalization = byGroups((call) => {
  const { channels, spatial } = imagesOf(call);
  const groups = call.number('num_groups', Number.NaN);
  if (channels % groups !== 0) call.fail(`${channels} channels in ${groups} groups`);
  if (call.opset < 21 && groups !== channels)
    call.fail('scale and shift by group (operators before version 21) are not in the set');
  return { examples: call.dims(0)[0]!, groups, channels: channels / groups, positions: multiply(spatial) as number };
});

export const groupNormalizations = { InstanceNormalization, GroupNormalization };
