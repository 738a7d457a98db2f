import type { AugmentationSpec } from '../plan/objective.js';
import { augmentationLane, KeystreamWords, type Keystream } from '../random/keystream.js';

/** Changes examples in place, each by draws of its own. */
export interface Augmenter {
  /**
   * @param features [...shape] of one example
   * @param place of the example in the step's batch, in the order of the batch's rows: see `drawBatches`
   */
  (features: Float32Array, place: number): void;
}

/** Words of the keystream that an example has: flip, vertical and horizontal shift, rotation, contrast, and three to spare. */
const wordsOfExample = 8;

/**
 * The augmentation of one step: see `augmentationSchema` for what it does. Example `place` has the words 8 place and on of
 * the keystream at this step and `augmentationLane`, so that all trainers draw alike, and without augmentation all other draws
 * are as they were. Sums and products are in float64, in one order, and angles by a polynomial: the same bits in every
 * language.
 *
 * @param shape [height, width, channels] or [width, channels]
 * @param keystream of the training's masks (`maskKeystream`): as secret as they are, for the same reason
 * (docs/decisions/036, 102)
 */
export function createAugmenter(
  augmentation: AugmentationSpec,
  shape: readonly number[],
  keystream: Keystream,
  step: number,
): Augmenter {
  const [height, width, channels] = shape.length === 2 ? [1, ...shape] : shape;
  const { flip, shift = 0, rotate = 0, contrast = 0 } = augmentation;
  const words = new KeystreamWords(keystream, step, augmentationLane);
  const source = new Float32Array(height! * width! * channels!);
  return (features, place) => {
    const word = (index: number): number => words.word(place * wordsOfExample + index);
    const mirrored = flip !== undefined && word(0) < 2 ** 31;
    const moved = (index: number): number => Math.floor((word(index) * (2 * shift + 1)) / 2 ** 32) - shift;
    const signed = (index: number): number => (2 * word(index)) / 2 ** 32 - 1;
    const [down, right] = shift > 0 ? [shape.length === 2 ? 0 : moved(1), moved(2)] : [0, 0];
    const angle = rotate > 0 ? signed(3) * ((rotate * Math.PI) / 180) : 0;
    if (mirrored || down !== 0 || right !== 0 || angle !== 0) {
      source.set(features);
      move(source, features, height!, width!, channels!, mirrored, down, right, angle);
    }
    if (contrast > 0) stretch(features, channels!, 1 + contrast * signed(4));
  };
}

/**
 * The value at (y, x) comes from where it was before it was mirrored, turned and moved, in this order.
 * @param angle in radians, in [-pi, pi]; clockwise where rows go down
 */
function move(
  from: Float32Array,
  to: Float32Array,
  height: number,
  width: number,
  channels: number,
  mirrored: boolean,
  down: number,
  right: number,
  angle: number,
): void {
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const [sine, cosine] = [sineOf(angle), cosineOf(angle)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let [fromY, fromX] = [y - down, x - right];
      if (angle !== 0) {
        const [v, u] = [fromY - middleY, fromX - middleX];
        fromX = middleX + (cosine * u + sine * v);
        fromY = middleY + (cosine * v - sine * u);
      }
      if (mirrored) fromX = width - 1 - fromX;
      fromY = Math.max(0, Math.min(height - 1, fromY));
      fromX = Math.max(0, Math.min(width - 1, fromX));
      const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
      const [partY, partX] = [fromY - top, fromX - left];
      const a = (top * width + left) * channels;
      const b = (top * width + Math.min(left + 1, width - 1)) * channels;
      const below = (Math.min(top + 1, height - 1) - top) * width * channels;
      const target = (y * width + x) * channels;
      for (let c = 0; c < channels; c++)
        to[target + c] =
          partX === 0 && partY === 0
            ? from[a + c]!
            : (1 - partY) * ((1 - partX) * from[a + c]! + partX * from[b + c]!) +
              partY * ((1 - partX) * from[a + below + c]! + partX * from[b + below + c]!);
    }
}

/** Each channel about its mean. */
function stretch(values: Float32Array, channels: number, factor: number): void {
  const positions = values.length / channels;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = c; i < values.length; i += channels) sum += values[i]!;
    const mean = sum / positions;
    for (let i = c; i < values.length; i += channels) values[i] = mean + factor * (values[i]! - mean);
  }
}

// Taylor's polynomials, within 1e-11 on [-pi, pi]. Math.sin and Math.cos may differ by a bit from engine to engine.

function sineOf(x: number): number {
  const square = x * x;
  let sum = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (square / (k * (k + 1))) * sum;
  return x * sum;
}

function cosineOf(x: number): number {
  const square = x * x;
  let sum = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (square / (k * (k - 1))) * sum;
  return sum;
}
