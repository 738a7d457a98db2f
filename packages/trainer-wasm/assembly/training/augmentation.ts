import { at, reserve } from '../memory';
import { fourBlocks, GROUP, openStream } from '../random/chacha';
import { maskRounds, randomKey, stepNumber } from './state';

/** core's `augmentationLane` */
const LANE: u32 = 2147483648;
const WORDS_OF_EXAMPLE: i32 = 8;
const words = memory.data(256, 16);

/** core's `createAugmenter`, which says what is drawn and why: the same words, sums and products, so the same bits. */
export class Augmentation {
  height: i32 = 0;
  width: i32 = 0;
  channels: i32 = 0;
  signal: bool = false;
  flip: bool = false;
  /** Pixels. */
  shift: i32 = 0;
  /** Degrees. */
  rotate: f64 = 0;
  contrast: f64 = 0;
  /** One example, as it was. */
  private readonly source: usize;
  private group: i32 = -1;

  constructor(private readonly exampleSize: i32) {
    this.source = reserve(exampleSize);
  }

  get changes(): bool {
    return this.flip || this.shift > 0 || this.rotate > 0 || this.contrast > 0;
  }

  /**
   * @param input [examples, exampleSize], changed
   * @param first where in the step's batch these examples stand
   * @param places see `Records.places`; 0: where they are
   */
  apply(input: usize, examples: i32, first: i32, places: usize): void {
    openStream(randomKey, maskRounds, stepNumber, LANE);
    this.group = -1;
    for (let i = 0; i < examples; i++) {
      const place = places ? <i32>load<u32>(at(places, first + i)) : first + i;
      this.change(at(input, i * this.exampleSize), place);
    }
  }

  private change(features: usize, place: i32): void {
    const own = this.wordsOf(place);
    const mirrored = this.flip && load<u32>(own) < 2147483648;
    let down: i32 = 0;
    let right: i32 = 0;
    if (this.shift > 0) {
      if (!this.signal) down = this.moved(load<u32>(own, 4));
      right = this.moved(load<u32>(own, 8));
    }
    const angle: f64 = this.rotate > 0 ? signed(load<u32>(own, 12)) * ((this.rotate * Math.PI) / 180) : 0;
    if (mirrored || down != 0 || right != 0 || angle != 0) {
      memory.copy(this.source, features, (<usize>this.exampleSize) << 2);
      this.move(features, mirrored, down, right, angle);
    }
    if (this.contrast > 0) this.stretch(features, 1 + this.contrast * signed(load<u32>(own, 16)));
  }

  private wordsOf(place: i32): usize {
    const index = place * WORDS_OF_EXAMPLE;
    const group = index / GROUP;
    if (group != this.group) {
      fourBlocks(words, group);
      this.group = group;
    }
    return at(words, index % GROUP);
  }

  private moved(word: u32): i32 {
    return <i32>Math.floor((<f64>word * <f64>(2 * this.shift + 1)) / 4294967296) - this.shift;
  }

  private move(to: usize, mirrored: bool, down: i32, right: i32, angle: f64): void {
    const from = this.source;
    const height = this.height;
    const width = this.width;
    const channels = this.channels;
    const middleY = <f64>(height - 1) / 2;
    const middleX = <f64>(width - 1) / 2;
    const sine = sineOf(angle);
    const cosine = cosineOf(angle);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let fromY = <f64>(y - down);
        let fromX = <f64>(x - right);
        if (angle != 0) {
          const v = fromY - middleY;
          const u = fromX - middleX;
          fromX = middleX + (cosine * u + sine * v);
          fromY = middleY + (cosine * v - sine * u);
        }
        if (mirrored) fromX = <f64>(width - 1) - fromX;
        fromY = max(0, min(<f64>(height - 1), fromY));
        fromX = max(0, min(<f64>(width - 1), fromX));
        const top = <i32>fromY; // not negative
        const left = <i32>fromX;
        const partY = fromY - <f64>top;
        const partX = fromX - <f64>left;
        const a = at(from, (top * width + left) * channels);
        const b = at(from, (top * width + min(left + 1, width - 1)) * channels);
        const below = <usize>((min(top + 1, height - 1) - top) * width * channels) << 2;
        const target = at(to, (y * width + x) * channels);
        if (partX == 0 && partY == 0) {
          memory.copy(target, a, (<usize>channels) << 2);
          continue;
        }
        for (let c = 0; c < channels; c++) {
          const above = (1 - partX) * valueAt(a, c) + partX * valueAt(b, c);
          const under = (1 - partX) * valueAt(a + below, c) + partX * valueAt(b + below, c);
          store<f32>(at(target, c), <f32>((1 - partY) * above + partY * under));
        }
      }
  }

  private stretch(features: usize, factor: f64): void {
    const size = this.exampleSize;
    const channels = this.channels;
    for (let c = 0; c < channels; c++) {
      let sum: f64 = 0;
      for (let i = c; i < size; i += channels) sum += valueAt(features, i);
      const mean = sum / <f64>(size / channels);
      for (let i = c; i < size; i += channels)
        store<f32>(at(features, i), <f32>(mean + factor * (valueAt(features, i) - mean)));
    }
  }
}

/** From -1 up to 1. */
function signed(word: u32): f64 {
  return (2 * <f64>word) / 4294967296 - 1;
}

// @ts-ignore: decorator
@inline
function valueAt(array: usize, index: i32): f64 {
  return <f64>load<f32>(at(array, index));
}

function sineOf(x: f64): f64 {
  const square = x * x;
  let sum: f64 = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (square / <f64>(k * (k + 1))) * sum;
  return x * sum;
}

function cosineOf(x: f64): f64 {
  const square = x * x;
  let sum: f64 = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (square / <f64>(k * (k - 1))) * sum;
  return sum;
}
