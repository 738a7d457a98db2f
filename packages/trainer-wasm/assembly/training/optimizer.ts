import { at, reserve } from '../memory';
import { multiplyAdd } from '../matrix/tile';

export const SGD: i32 = 0;
export const MOMENTUM: i32 = 1;
export const ADAM: i32 = 2;

/**
 * Factors of the passes below lie in memory: V8 computes what a loop uses anew in every turn of it, the square roots
 * and divisions that led to a factor included. A load costs next to nothing.
 */
const factors = memory.data(32, 16);
const RATE: usize = 0;
const CORRECTION: usize = 4;
const ADDEND: usize = 8;
const KEPT_1: usize = 12;
const KEPT_2: usize = 16;
const NEW_1: usize = 20;
const NEW_2: usize = 24;

function set(name: usize, value: f64): void {
  store<f32>(factors + name, <f32>value);
}

// @ts-ignore: decorator
@inline
function factor(name: usize): v128 {
  return v128.load32_splat(factors + name);
}

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
    set(RATE, -learningRate);
    // Buffers are reserved with room to spare: the last four may reach beyond the end.
    for (let end = at(values, this.size); values < end; values += 16) {
      v128.store(values, multiplyAdd(factor(RATE), v128.load(gradient), v128.load(values)));
      gradient += 16;
    }
  }

  /** v <- momentum v + g, w -= learningRate v: as torch.optim.SGD(momentum) has it. */
  momentum(values: usize, gradient: usize, learningRate: f64, momentum: f64): void {
    set(RATE, -learningRate);
    set(KEPT_1, momentum);
    let first = this.first;
    for (let end = at(values, this.size); values < end; values += 16) {
      const velocity = multiplyAdd(factor(KEPT_1), v128.load(first), v128.load(gradient));
      v128.store(first, velocity);
      v128.store(values, multiplyAdd(factor(RATE), velocity, v128.load(values)));
      gradient += 16;
      first += 16;
    }
  }

  /**
   * Adam with bias correction (Kingma and Ba 2015, algorithm 1), epsilon added to the root of the corrected second
   * moment, as torch.optim.Adam does it.
   */
  adam(values: usize, gradient: usize, learningRate: f64, beta1: f64, beta2: f64, epsilon: f64): void {
    this.steps++;
    set(RATE, -learningRate / (1 - Math.pow(beta1, this.steps)));
    set(CORRECTION, 1 / Math.sqrt(1 - Math.pow(beta2, this.steps)));
    set(ADDEND, epsilon);
    set(KEPT_1, beta1);
    set(KEPT_2, beta2);
    set(NEW_1, 1 - beta1);
    set(NEW_2, 1 - beta2);
    let first = this.first;
    let second = this.second;
    for (let end = at(values, this.size); values < end; values += 16) {
      const g = v128.load(gradient);
      const m = multiplyAdd(factor(KEPT_1), v128.load(first), f32x4.mul(factor(NEW_1), g));
      const v = multiplyAdd(factor(KEPT_2), v128.load(second), f32x4.mul(f32x4.mul(factor(NEW_2), g), g));
      v128.store(first, m);
      v128.store(second, v);
      const root = multiplyAdd(f32x4.sqrt(v), factor(CORRECTION), factor(ADDEND));
      v128.store(values, f32x4.add(v128.load(values), f32x4.div(f32x4.mul(factor(RATE), m), root)));
      gradient += 16;
      first += 16;
      second += 16;
    }
  }
}
