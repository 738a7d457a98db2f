import { expm1, sigmoid, tanh } from '../math/functions';
import { at } from '../memory';
import { Layer } from './layer';

export const RELU: i32 = 0;
export const TANH: i32 = 1;
export const SIGMOID: i32 = 2;
export const ELU: i32 = 3;

/** A function of each value. Derivatives are written in terms of the function's value; relu has derivative 0 at 0. */
export class Activation extends Layer {
  constructor(
    size: i32,
    private readonly name: i32,
  ) {
    super(size, size);
  }

  forward(examples: i32, training: bool): void {
    // Buffers are reserved with room to spare: the last four may reach beyond the end.
    const count = examples * this.outputSize;
    const zero = f32x4.splat(0);
    if (this.name == RELU)
      for (let i = 0; i < count; i += 4) v128.store(at(this.output, i), f32x4.pmax(v128.load(at(this.input, i)), zero));
    else if (this.name == TANH)
      for (let i = 0; i < count; i += 4) v128.store(at(this.output, i), tanh(v128.load(at(this.input, i))));
    else if (this.name == SIGMOID)
      for (let i = 0; i < count; i += 4) v128.store(at(this.output, i), sigmoid(v128.load(at(this.input, i))));
    else
      for (let i = 0; i < count; i += 4) {
        const x = v128.load(at(this.input, i));
        v128.store(at(this.output, i), v128.bitselect(x, expm1(f32x4.pmin(x, zero)), f32x4.gt(x, zero)));
      }
  }

  backward(examples: i32): void {
    const count = examples * this.outputSize;
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    for (let i = 0; i < count; i += 4) {
      const y = v128.load(at(this.output, i));
      const d = v128.load(at(this.outputGradient, i));
      let gradient: v128;
      if (this.name == RELU) gradient = v128.and(d, f32x4.gt(y, zero));
      else if (this.name == TANH) gradient = f32x4.mul(d, f32x4.sub(one, f32x4.mul(y, y)));
      else if (this.name == SIGMOID) gradient = f32x4.mul(d, f32x4.mul(y, f32x4.sub(one, y)));
      else gradient = f32x4.mul(d, f32x4.add(f32x4.pmin(y, zero), one)); // exp(x) = y + 1 for x <= 0
      v128.store(at(this.inputGradient, i), gradient);
    }
  }
}
