import { reserve } from '../memory';
import { clipFactor } from '../training/clip-factor';

/** Examples of a batch whose gradients are clipped together (a record, or all records of a patient). */
export class Units {
  count: i32 = 0;
  /** [count + 1]: unit u has the examples `starts[u]` up to `starts[u + 1]` of the batch. */
  starts: usize = 0;
  /** [count], float64: squared norm of the unit's gradient. */
  squaredNorms: usize = 0;
  /** [count], float64: the square of what is `magnitude` in core's `clipFactor`. */
  squaredMagnitudes: usize = 0;
  /** [count], float32: what the unit's gradient is multiplied by. */
  factors: usize = 0;

  // @ts-ignore: decorator
  @inline
  start(unit: i32): i32 {
    return load<u32>(this.starts + ((<usize>unit) << 2));
  }

  // @ts-ignore: decorator
  @inline
  factor(unit: i32): f32 {
    return load<f32>(this.factors + ((<usize>unit) << 2));
  }

  /** No gradient has a norm yet. */
  reset(): void {
    memory.fill(this.squaredNorms, 0, (<usize>this.count) << 3);
    memory.fill(this.squaredMagnitudes, 0, (<usize>this.count) << 3);
  }

  /** @param magnitudes at least `squares` */
  addSquaredNorm(unit: i32, squares: f64, magnitudes: f64): void {
    add(this.squaredNorms, unit, squares);
    add(this.squaredMagnitudes, unit, magnitudes);
  }

  /** What the unit's gradient is to be multiplied by, once all its tensors have told their norms. */
  setFactor(unit: i32, clipNorm: f64): f32 {
    const place = (<usize>unit) << 3;
    const norm = Math.sqrt(load<f64>(this.squaredNorms + place));
    const factor = clipFactor(clipNorm, norm, Math.sqrt(load<f64>(this.squaredMagnitudes + place)));
    store<f32>(this.factors + ((<usize>unit) << 2), factor);
    return factor;
  }
}

function add(array: usize, index: i32, value: f64): void {
  const place = array + ((<usize>index) << 3);
  store<f64>(place, load<f64>(place) + value);
}

/** How large the buffers of a network must be. */
export class Capacity {
  constructor(
    /** Most examples that pass through at once. */
    public readonly examples: i32,
    /** Most examples of one unit; 0 where gradients are not clipped by unit. */
    public readonly unitExamples: i32,
  ) {}
}

/**
 * One layer. Buffers hold an example a row: input and inputGradient [examples, inputSize], output and outputGradient
 * [examples, outputSize]. A layer's input is the output of the layer before, its outputGradient the inputGradient of
 * the layer behind; gradients are those of the SUM of the examples' losses.
 */
export abstract class Layer {
  input: usize = 0;
  output: usize = 0;
  inputGradient: usize = 0;
  outputGradient: usize = 0;

  constructor(
    public readonly inputSize: i32,
    public readonly outputSize: i32,
  ) {}

  /** Values for each example of a batch that `reserve` asks for. */
  footprint(unitExamples: i32): i32 {
    return 2 * this.outputSize;
  }

  reserve(capacity: Capacity): void {
    this.output = reserve(capacity.examples * this.outputSize);
    this.outputGradient = reserve(capacity.examples * this.outputSize);
  }

  /** @param training false: as the finished model is used, without dropout */
  abstract forward(examples: i32, training: bool): void;

  /** From outputGradient to inputGradient. */
  abstract backward(examples: i32): void;

  /** True where the layer has a tensor that is trained. */
  trains(): bool {
    return false;
  }

  /** No tensor is frozen / the tensor that begins at this address is. */
  thaw(): void {}
  freeze(tensor: usize): void {}

  /** Adds the gradient of its tensors, of all examples. */
  addGradient(examples: i32): void {}

  /**
   * Adds the squared norm of each unit's gradient of its tensors, in float64 from the values that `addClippedGradient`
   * adds.
   */
  addSquaredNorms(units: Units): void {}

  /** The gradient of this unit counts as 0, whatever it is. Comes after addSquaredNorms. */
  forget(units: Units, unit: i32): void {}

  /** Adds the units' gradients, each times its factor. May change outputGradient. Comes after addSquaredNorms. */
  addClippedGradient(units: Units): void {}
}
