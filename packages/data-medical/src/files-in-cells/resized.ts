import { FedwardError } from '@fedward/core';
import type { ArrayCell } from '@fedward/kit-tables';

/** What one place of an axis is made of: places from `start` on, and how much of each. */
interface Mix {
  readonly start: number;
  readonly weights: readonly number[];
}

/**
 * An image of another size: the mean of the area that each pixel covers where it becomes smaller, bilinear between centres
 * of pixels where it becomes larger, each axis by itself. It is stretched, not padded. Colours become grey by the luma of
 * ITU-R BT.601, grey becomes the same in all three colours.
 *
 * @param cell [height, width] or [height, width, channels]
 * @param shape [height, width, channels]
 * @returns in float32; the same cell where nothing is to be done
 * @throws {FedwardError} ARGUMENT_INVALID for what is no image; DATA_MALFORMED where channels can't be made of those there are
 */
export function resized(cell: ArrayCell, shape: readonly number[]): ArrayCell {
  const [height, width, channels = 1] = cell.shape as [number, number, number?];
  const [toHeight, toWidth, toChannels] = shape as [number, number, number];
  const isImage = (sides: readonly number[], dimensions: readonly number[]): boolean =>
    dimensions.includes(sides.length) && sides.every((side) => Number.isSafeInteger(side) && side > 0);
  if (!isImage(cell.shape, [2, 3]) || !isImage(shape, [3]) || cell.values.length !== height * width * channels)
    throw new FedwardError('ARGUMENT_INVALID', 'an image has the shape [height, width, channels]', 'shape');
  if (height === toHeight && width === toWidth && channels === toChannels) return cell;
  const values = withChannels(cell.values, channels, toChannels);
  const wide = along(values, [height, width, toChannels], mixes(width, toWidth));
  const both = along(wide, [1, height, toWidth * toChannels], mixes(height, toHeight));
  return { shape: [toHeight, toWidth, toChannels], values: Float32Array.from(both) };
}

/** Weights of red, green and blue in what is seen as grey (ITU-R BT.601-7, section 2.5.1). */
const luma = [0.299, 0.587, 0.114] as const;

function withChannels(values: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  if (from === to) return values;
  const pixels = values.length / from;
  const changed = new Float64Array(pixels * to);
  if (from === 1 && to === 3) for (let i = 0; i < changed.length; i++) changed[i] = values[Math.floor(i / 3)]!;
  else if (from === 3 && to === 1)
    for (let i = 0; i < pixels; i++)
      changed[i] = luma[0] * values[3 * i]! + luma[1] * values[3 * i + 1]! + luma[2] * values[3 * i + 2]!;
  else
    throw new FedwardError(
      'DATA_MALFORMED',
      `an image of ${from} channels is not made into one of ${to}: only grey and colour are made of each other`,
      'channels',
    );
  return changed;
}

/** What each of `to` places of an axis is made of, out of `from`. */
function mixes(from: number, to: number): Mix[] {
  return Array.from({ length: to }, (_, i) => {
    if (to === from) return { start: i, weights: [1] };
    if (to < from) {
      const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
      const start = Math.floor(low);
      const end = Math.min(Math.ceil(high), from);
      const weights = Array.from({ length: end - start }, (_, j) => {
        const covered = Math.min(high, start + j + 1) - Math.max(low, start + j);
        return covered / (high - low);
      });
      return { start, weights };
    }
    const center = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const start = Math.min(Math.floor(center), Math.max(from - 2, 0));
    return { start, weights: from === 1 ? [1] : [1 - (center - start), center - start] };
  });
}

/** Mixes the middle one of three axes. */
function along(
  values: ArrayLike<number>,
  [outer, middle, inner]: readonly [number, number, number],
  mix: readonly Mix[],
): ArrayLike<number> {
  const mixed = new Float64Array(outer * mix.length * inner);
  for (let o = 0; o < outer; o++)
    mix.forEach(({ start, weights }, m) => {
      const to = (o * mix.length + m) * inner;
      weights.forEach((weight, w) => {
        const from = (o * middle + start + w) * inner;
        for (let i = 0; i < inner; i++) mixed[to + i] = mixed[to + i]! + weight * values[from + i]!;
      });
    });
  return mixed;
}
