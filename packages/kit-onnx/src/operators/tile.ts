import { batchFactor, multiply, type Dim } from '../types/dims.js';
import type { Call } from './call.js';
import type { Operator } from './operator.js';

/** How often each axis is repeated. */
function repeatsOf(call: Call): number[] {
  const repeats = call.numbers(1) ?? call.fail('the repeats are missing');
  if (repeats.length !== call.dims(0).length || repeats.some((one) => one < 1))
    call.fail(`${repeats.join()} repeats of ${call.dims(0).length} axes`);
  return repeats;
}

/** Repeats axes as a whole. */
const Tile: Operator = {
  operands: [1],
  infer: (call) => {
    const repeats = repeatsOf(call);
    const { type, dims } = call.input(0);
    return [{ type, dims: dims.map((dim, axis): Dim => multiply([dim, repeats[axis]!])!) }];
  },
  forward: ({ call, emit, inputs }) => ({ outputs: [emit.node('Tile', [inputs[0]!, emit.ints(repeatsOf(call))])] }),
  backward: ({ call, emit }, gradient, [wanted]) => {
    if (!wanted) return [];
    const repeats = repeatsOf(call);
    const apart = call.dims(0).flatMap((dim, axis): Dim[] => [repeats[axis]!, dim]);
    const axes = repeats.flatMap((one, axis) => (one > 1 ? [2 * axis] : []));
    return [emit.reshape(emit.reduceSum(emit.reshape(gradient, apart), axes), call.dims(0))];
  },
  mixes: (call) =>
    repeatsOf(call).some((one, axis) => one > 1 && batchFactor(call.dims(0)[axis]!) > 0)
      ? 'it repeats the examples'
      : undefined,
};

export const repetition = { Tile };
