import type { Call } from './call.js';

/** Along one axis: windows of a convolution or a pooling. */
export interface Window {
  /** Of the input. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Before and behind the input. */
  readonly begin: number;
  readonly end: number;
  /** How many. */
  readonly count: number;
}

/** What a dilated kernel covers. */
export function reach(window: Pick<Window, 'kernel' | 'dilation'>): number {
  return (window.kernel - 1) * window.dilation + 1;
}

/**
 * Windows by attributes `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
 * @param sizes of the input's spatial axes
 */
export function windowsOf(call: Call, sizes: readonly number[], kernel: readonly number[]): Window[] {
  const axes = sizes.length;
  const list = (name: string, length: number, otherwise: number): readonly number[] => {
    const given = call.list(name) ?? new Array<number>(length).fill(otherwise);
    return given.length === length ? given : call.fail(`${name} must be ${length} numbers`);
  };
  if (kernel.length !== axes) call.fail(`a kernel of ${kernel.length} axes over ${axes}`);
  const strides = list('strides', axes, 1);
  const dilations = list('dilations', axes, 1);
  const pads = list('pads', 2 * axes, 0);
  const auto = call.text('auto_pad', 'NOTSET');
  const ceil = call.number('ceil_mode', 0) === 1;
  return sizes.map((size, axis) => {
    const [stride, dilation] = [strides[axis]!, dilations[axis]!];
    if (!(stride >= 1 && dilation >= 1 && kernel[axis]! >= 1))
      call.fail('strides, dilations and kernel must be at least 1');
    const covered = reach({ kernel: kernel[axis]!, dilation });
    let [begin, end] = auto === 'NOTSET' ? [pads[axis]!, pads[axis + axes]!] : [0, 0];
    if (begin < 0 || end < 0) call.fail('pads must not be negative');
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + covered - size, 0);
      begin = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      end = total - begin;
    } else if (auto !== 'NOTSET' && auto !== 'VALID') call.fail(`auto_pad ${auto} is not in the set`);
    const room = size + begin + end - covered;
    if (room < 0) call.fail(`a kernel of ${covered} over ${size + begin + end}`);
    let count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    if (ceil && (count - 1) * stride >= size + begin) count--; // a window must begin in the input or before it
    return { size, kernel: kernel[axis]!, stride, dilation, begin, end, count };
  });
}

export function product(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total * number, 1);
}

/** A convolution of [N, inputs, ...sizes] with [outputs, inputs / groups, ...kernel] to [N, outputs, ...counts]. */
export interface Convolution {
  readonly windows: readonly Window[];
  readonly groups: number;
  readonly inputs: number;
  readonly outputs: number;
}
