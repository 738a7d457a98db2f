import { multiplyEach } from '../matrix/vector';
import { at, reserve } from '../memory';
import { dropoutMask } from '../random/dropout';
import { maskRounds, randomKey, stepNumber } from '../training/state';
import { Capacity, Layer } from './layer';

/**
 * Inverted dropout (Srivastava et al. 2014): while training each value is dropped with probability `rate`, else
 * divided by 1 - rate. What is dropped is known by the key of masks, the step, the layer and the value's place.
 */
export class Dropout extends Layer {
  private mask: usize = 0;
  /** Which example of the step's batch the first of this pass is. */
  firstExample: i32 = 0;
  /** Where each example of the step's batch stands for its mask; 0: where it is. See `Records.places`. */
  places: usize = 0;

  constructor(
    size: i32,
    private readonly rate: f64,
    private readonly lane: u32,
  ) {
    super(size, size);
  }

  footprint(unitExamples: i32): i32 {
    return super.footprint(unitExamples) + this.outputSize;
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.mask = reserve(capacity.examples * this.outputSize);
  }

  forward(examples: i32, training: bool): void {
    const count = examples * this.outputSize;
    if (!training) {
      memory.copy(this.output, this.input, (<usize>count) << 2);
      return;
    }
    if (this.places)
      for (let example = 0; example < examples; example++)
        this.fill(example, load<u32>(at(this.places, this.firstExample + example)), 1);
    else this.fill(0, this.firstExample, examples);
    multiplyEach(this.output, this.input, this.mask, count);
  }

  /** The masks of `examples` examples from `first` on, which are those of the batch's from `place` on. */
  private fill(first: i32, place: i32, examples: i32): void {
    const size = this.outputSize;
    const mask = at(this.mask, first * size);
    dropoutMask(mask, place * size, examples * size, this.rate, randomKey, maskRounds, stepNumber, this.lane);
  }

  backward(examples: i32): void {
    multiplyEach(this.inputGradient, this.outputGradient, this.mask, examples * this.outputSize);
  }
}
