import { at, reserve } from '../memory';
import { multiplyAdd } from '../matrix/tile';

export const SGD: i32 = 0;
export const MOMENTUM: i32 = 1;
export const ADAM: i32 = 2;

/** Moves the weights along a step's gradient. Its state begins anew with each training (`reset`). */
export class Optimizer {
  private first: usize = 0;
  private second: usize = 0;
  private steps: i32 = 0;

  constructor(private readonly size: i32) {
    this.first = reserve(size);
    this.second = reserve(size);
  }

  reset(): void {
    this.steps = 0;
    memory.fill(this.first, 0, (<usize>this.size) << 2);
    memory.fill(this.second, 0, (<usize>this.size) << 2);
  }

  /** w -= learningRate g */
  sgd(values: usize, gradient: usize, learningRate: f64): void {
    const rate = f32x4.splat(<f32>-learningRate);
    // Buffers are reserved with room to spare: the last four may reach beyond the end.
    for (let i = 0; i < this.size; i += 4)
      v128.store(at(values, i), multiplyAdd(rate, v128.load(at(gradient, i)), v128.load(at(values, i))));
  }

  /** v <- momentum v + g, w -= learningRate v: as torch.optim.SGD(momentum) has it. */
  momentum(values: usize, gradient: usize, learningRate: f64, momentum: f64): void {
    const rate = f32x4.splat(<f32>-learningRate);
    const kept = f32x4.splat(<f32>momentum);
    for (let i = 0; i < this.size; i += 4) {
      const velocity = multiplyAdd(kept, v128.load(at(this.first, i)), v128.load(at(gradient, i)));
      v128.store(at(this.first, i), velocity);
      v128.store(at(values, i), multiplyAdd(rate, velocity, v128.load(at(values, i))));
    }
  }

  /**
   * Adam with bias correction (Kingma and Ba 2015, algorithm 1), epsilon added to the root of the corrected second
   * moment, as torch.optim.Adam does it.
   */
  adam(values: usize, gradient: usize, learningRate: f64, beta1: f64, beta2: f64, epsilon: f64): void {
    this.steps++;
    const rate = f32x4.splat(<f32>(-learningRate / (1 - Math.pow(beta1, this.steps))));
    const correction = f32x4.splat(<f32>(1 / Math.sqrt(1 - Math.pow(beta2, this.steps))));
    const addend = f32x4.splat(<f32>epsilon);
    const kept1 = f32x4.splat(<f32>beta1);
    const kept2 = f32x4.splat(<f32>beta2);
    const new1 = f32x4.splat(<f32>(1 - beta1));
    const new2 = f32x4.splat(<f32>(1 - beta2));
    for (let i = 0; i < this.size; i += 4) {
      const g = v128.load(at(gradient, i));
      const m = multiplyAdd(kept1, v128.load(at(this.first, i)), f32x4.mul(new1, g));
      const v = multiplyAdd(kept2, v128.load(at(this.second, i)), f32x4.mul(f32x4.mul(new2, g), g));
      v128.store(at(this.first, i), m);
      v128.store(at(this.second, i), v);
      const root = multiplyAdd(f32x4.sqrt(v), correction, addend);
      v128.store(at(values, i), f32x4.add(v128.load(at(values, i)), f32x4.div(f32x4.mul(rate, m), root)));
    }
  }
}
