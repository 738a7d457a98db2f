import { at } from '../memory';
import { Layer } from './layer';

/** Each value times a constant. */
export class Scale extends Layer {
  constructor(
    size: i32,
    private readonly factor: f32,
  ) {
    super(size, size);
  }

  forward(examples: i32, training: bool): void {
    this.multiply(this.output, this.input, examples);
  }

  backward(examples: i32): void {
    this.multiply(this.inputGradient, this.outputGradient, examples);
  }

  private multiply(target: usize, source: usize, examples: i32): void {
    const factor = f32x4.splat(this.factor);
    // Buffers are reserved with room to spare: the last four may reach beyond the end.
    const count = examples * this.outputSize;
    for (let i = 0; i < count; i += 4) v128.store(at(target, i), f32x4.mul(factor, v128.load(at(source, i))));
  }
}
