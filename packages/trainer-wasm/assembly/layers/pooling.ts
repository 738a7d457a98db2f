import { at, reserve } from '../memory';
import { Capacity, Layer } from './layer';
import { Windows } from './windows';

/** The largest value of each window. The first of equal values takes the gradient, as in PyTorch. */
export class MaxPooling extends Layer {
  /** [examples, outputSize]: where in the image each largest value stands. */
  private places: usize = 0;

  constructor(private readonly windows: Windows) {
    super(windows.imageSize, windows.positions * windows.channels);
  }

  footprint(unitExamples: i32): i32 {
    return super.footprint(unitExamples) + this.outputSize;
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.places = reserve(capacity.examples * this.outputSize);
  }

  forward(examples: i32, training: bool): void {
    const w = this.windows;
    let target = 0;
    for (let example = 0; example < examples; example++) {
      const image = at(this.input, example * this.inputSize);
      for (let y = 0; y < w.outputHeight; y++)
        for (let x = 0; x < w.outputWidth; x++) {
          const corner = (y * w.strideY * w.width + x * w.strideX) * w.channels;
          let channel = 0;
          for (; channel + 4 <= w.channels; channel += 4, target += 4) this.four(image, corner + channel, target);
          for (; channel < w.channels; channel++, target++) this.one(image, corner + channel, target);
        }
    }
  }

  private one(image: usize, corner: i32, target: i32): void {
    const w = this.windows;
    let place = corner;
    let largest = load<f32>(at(image, corner));
    for (let k = 0; k < w.kernelHeight; k++)
      for (let l = 0; l < w.kernelWidth; l++) {
        const here = corner + (k * w.width + l) * w.channels;
        const value = load<f32>(at(image, here));
        if (value > largest) {
          largest = value;
          place = here;
        }
      }
    store<f32>(at(this.output, target), largest);
    store<u32>(at(this.places, target), place);
  }

  /** As `one`, for four channels at once. */
  private four(image: usize, corner: i32, target: i32): void {
    const w = this.windows;
    const lanes = i32x4(0, 1, 2, 3);
    let places = i32x4.add(i32x4.splat(corner), lanes);
    let largest = v128.load(at(image, corner));
    for (let k = 0; k < w.kernelHeight; k++)
      for (let l = 0; l < w.kernelWidth; l++) {
        const here = corner + (k * w.width + l) * w.channels;
        const values = v128.load(at(image, here));
        const larger = f32x4.gt(values, largest);
        largest = v128.bitselect(values, largest, larger);
        places = v128.bitselect(i32x4.add(i32x4.splat(here), lanes), places, larger);
      }
    v128.store(at(this.output, target), largest);
    v128.store(at(this.places, target), places);
  }

  backward(examples: i32): void {
    memory.fill(this.inputGradient, 0, <usize>(examples * this.inputSize) << 2);
    let value = 0;
    for (let example = 0; example < examples; example++) {
      const image = at(this.inputGradient, example * this.inputSize);
      for (let i = 0; i < this.outputSize; i++, value++) {
        const place = at(image, load<u32>(at(this.places, value)));
        store<f32>(place, load<f32>(place) + load<f32>(at(this.outputGradient, value)));
      }
    }
  }
}

/** The mean of each window. */
export class AveragePooling extends Layer {
  constructor(private readonly windows: Windows) {
    super(windows.imageSize, windows.positions * windows.channels);
  }

  private get share(): f32 {
    return 1 / <f32>(this.windows.kernelHeight * this.windows.kernelWidth);
  }

  forward(examples: i32, training: bool): void {
    memory.fill(this.output, 0, <usize>(examples * this.outputSize) << 2);
    this.walk(examples, this.input, this.output, true);
  }

  backward(examples: i32): void {
    memory.fill(this.inputGradient, 0, <usize>(examples * this.inputSize) << 2);
    this.walk(examples, this.inputGradient, this.outputGradient, false);
  }

  /** Adds a share of each value of a window to its mean (`gather`), or of each mean to the window's values. */
  private walk(examples: i32, images: usize, means: usize, gather: bool): void {
    const w = this.windows;
    const share = this.share;
    for (let example = 0; example < examples; example++) {
      const image = at(images, example * this.inputSize);
      for (let y = 0; y < w.outputHeight; y++)
        for (let x = 0; x < w.outputWidth; x++) {
          const corner = (y * w.strideY * w.width + x * w.strideX) * w.channels;
          for (let k = 0; k < w.kernelHeight; k++)
            for (let l = 0; l < w.kernelWidth; l++) {
              const place = at(image, corner + (k * w.width + l) * w.channels);
              addShare(gather ? means : place, gather ? place : means, w.channels, share);
            }
          means = at(means, w.channels);
        }
    }
  }
}

/** target += share * source */
// @ts-ignore: decorator
@inline
function addShare(target: usize, source: usize, count: i32, share: f32): void {
  const by = f32x4.splat(share);
  let i = 0;
  for (; i + 4 <= count; i += 4)
    v128.store(at(target, i), f32x4.add(v128.load(at(target, i)), f32x4.mul(v128.load(at(source, i)), by)));
  for (; i < count; i++) store<f32>(at(target, i), load<f32>(at(target, i)) + load<f32>(at(source, i)) * share);
}
