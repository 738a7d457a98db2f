import { at, reserve } from '../memory';
import { Capacity } from './layer';
import { Linear } from './linear';
import { Windows } from './windows';

/** Examples are folded back in groups of about so many values, which stay in the second-level cache. */
const GROUP: i32 = 65536;

/**
 * Cross-correlation (kernels are not flipped), as a matrix product over unrolled windows ("im2col"): row p holds what
 * the window at position p shows, [kernelHeight, kernelWidth, channels]. The rows of the whole batch are kept from
 * the forward pass for the gradient.
 */
export class Convolution extends Linear {
  private readonly windows: Windows;
  private readonly unrolls: bool;
  private group: i32 = 1;
  private groupGradient: usize = 0;

  constructor(
    windows: Windows,
    filters: i32,
    kernel: usize,
    kernelGradient: usize,
    bias: usize,
    biasGradient: usize,
  ) {
    super(windows.imageSize, windows.positions, windows.size, filters, kernel, kernelGradient, bias, biasGradient);
    this.windows = windows;
    // A window of one pixel that visits each one shows the image as it is.
    this.unrolls =
      windows.size != windows.channels || windows.positions != windows.height * windows.width || windows.top != 0;
  }

  footprint(unitExamples: i32): i32 {
    return super.footprint(unitExamples) + (this.unrolls ? this.rows * this.depth : 0);
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    if (!this.unrolls) return;
    const values = this.rows * this.depth;
    this.rowsOfInput = reserve(capacity.examples * values);
    this.group = min(capacity.examples, max(1, GROUP / values));
    this.groupGradient = reserve(this.group * values);
  }

  forward(examples: i32, training: bool): void {
    if (this.unrolls)
      for (let example = 0; example < examples; example++)
        this.unroll(at(this.input, example * this.inputSize), at(this.rowsOfInput, example * this.rows * this.depth));
    super.forward(examples, training);
  }

  backward(examples: i32): void {
    if (!this.unrolls) {
      super.backward(examples);
      return;
    }
    memory.fill(this.inputGradient, 0, <usize>(examples * this.inputSize) << 2);
    for (let first = 0; first < examples; first += this.group) {
      const count = min(this.group, examples - first);
      this.rowsGradient(first, count, this.groupGradient);
      for (let example = 0; example < count; example++)
        this.fold(
          at(this.groupGradient, example * this.rows * this.depth),
          at(this.inputGradient, (first + example) * this.inputSize),
        );
    }
  }

  /** Image -> rows. What the window shows of one row of the image is contiguous; the zeros around were there before. */
  private unroll(image: usize, target: usize): void {
    const w = this.windows;
    const line = w.kernelWidth * w.channels;
    for (let y = 0; y < w.outputHeight; y++)
      for (let x = 0; x < w.outputWidth; x++) {
        const left = x * w.strideX - w.left;
        const skipped = max(0, -left);
        const count = (min(w.kernelWidth, w.width - left) - skipped) * w.channels;
        for (let k = 0; k < w.kernelHeight; k++) {
          const row = y * w.strideY - w.top + k;
          if (row >= 0 && row < w.height && count > 0)
            copyValues(
              at(target, skipped * w.channels),
              at(image, (row * w.width + left + skipped) * w.channels),
              count,
            );
          target = at(target, line);
        }
      }
  }

  /** Rows' gradients -> the image's, which is added to. */
  private fold(source: usize, image: usize): void {
    const w = this.windows;
    const line = w.kernelWidth * w.channels;
    for (let y = 0; y < w.outputHeight; y++)
      for (let x = 0; x < w.outputWidth; x++) {
        const left = x * w.strideX - w.left;
        const skipped = max(0, -left);
        const count = (min(w.kernelWidth, w.width - left) - skipped) * w.channels;
        for (let k = 0; k < w.kernelHeight; k++) {
          const row = y * w.strideY - w.top + k;
          if (row >= 0 && row < w.height && count > 0)
            addValues(
              at(image, (row * w.width + left + skipped) * w.channels),
              at(source, skipped * w.channels),
              count,
            );
          source = at(source, line);
        }
      }
  }
}

/** Runs are short: a call of memory.copy would cost more than the copy. */
// @ts-ignore: decorator
@inline
function copyValues(target: usize, source: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(target, i), v128.load(at(source, i)));
  for (; i < count; i++) store<f32>(at(target, i), load<f32>(at(source, i)));
}

// @ts-ignore: decorator
@inline
function addValues(target: usize, source: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4)
    v128.store(at(target, i), f32x4.add(v128.load(at(target, i)), v128.load(at(source, i))));
  for (; i < count; i++) store<f32>(at(target, i), load<f32>(at(target, i)) + load<f32>(at(source, i)));
}
