import type { Value } from '../graph/graph.js';
import type { Emitter } from './emitter.js';
import { product, type Convolution, type Window } from './windows.js';

/** Positions of the input along an axis that are this one modulo the stride, and what of the kernel meets them. */
interface Phase {
  /** Places in the kernel, from the last. */
  readonly places: readonly number[];
  /** Around the gradient. */
  readonly begin: number;
  readonly end: number;
}

/** With more positions than this ONNX Runtime's transposed convolution is as fast. */
const mostPositions = 48;

/** Positions of each phase. */
function positions({ size, stride }: Window): number {
  return Math.ceil(size / stride);
}

function phasesOf(window: Window): Phase[] {
  return Array.from({ length: window.stride }, (_, phase) => {
    const { kernel, stride, begin, count } = window;
    const places = Array.from({ length: kernel }, (_, at) => kernel - 1 - at).filter(
      (place) => (phase + begin - place) % stride === 0,
    );
    // The position of the output that the last place of the kernel has over the first position of the phase.
    const first = (phase + begin - places[0]!) / stride;
    return { places, begin: -first, end: positions(window) - 1 + first + places.length - count };
  });
}

/**
 * The gradient by the input of a convolution with strides, as one small convolution for each remainder of the position
 * modulo the stride, put together in turn.
 *
 * @param gradient [N, outputs, ...counts]
 * @returns undefined where it would be no faster than the transposed convolution, or is not to be had so
 */
export function gradientByPhases(
  emit: Emitter,
  { windows, groups, inputs }: Convolution,
  gradient: Value,
  kernel: Value,
): Value | undefined {
  const few = product(windows.map(({ count }) => count)) <= mostPositions;
  const plain = windows.every((window) => window.dilation === 1 && window.kernel >= window.stride);
  if (groups > 1 || !few || !plain) return undefined;
  const phases = windows.map(phasesOf);
  if (phases.flat().some(({ begin, end }) => begin < 0 || end < 0)) return undefined;
  const rank = windows.length;
  const turned = emit.transpose(kernel, [1, 0, ...windows.map((_, axis) => axis + 2)]);
  const whole = together([]);
  const shape = windows.map((window) => positions(window) * window.stride);
  if (windows.every(({ size }, axis) => size === shape[axis])) return whole;
  const axes = windows.map((_, axis) => axis + 2);
  return emit.slice(whole, axes, axes.map(() => 0), windows.map(({ size }) => size)); // prettier-ignore

  /** @param chosen phases of the first axes. @returns all positions along the others, one of `stride` along these */
  function together(chosen: readonly Phase[]): Value {
    const axis = chosen.length;
    if (axis === rank) return convolved(chosen);
    const parts = phases[axis]!.map((phase) => together([...chosen, phase]));
    if (parts.length === 1) return parts[0]!;
    const aside = parts.map((part) => emit.unsqueeze(part, [axis + 3]));
    const sizes = windows.map((window, at) => positions(window) * (at < axis ? 1 : window.stride));
    return emit.reshape(emit.node('Concat', aside, { axis: axis + 3 }), [{ batch: 1 }, inputs, ...sizes]);
  }

  function convolved(chosen: readonly Phase[]): Value {
    let part = turned;
    chosen.forEach(({ places }, axis) => {
      part = emit.node('Gather', [part, emit.ints(places)], { axis: axis + 2 });
    });
    return emit.node('Conv', [gradient, part], {
      kernel_shape: chosen.map(({ places }) => places.length),
      pads: [...chosen.map(({ begin }) => begin), ...chosen.map(({ end }) => end)],
    });
  }
}
