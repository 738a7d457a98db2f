import { at, reserve } from '../memory';
import { orderBySize } from './order';

/** What a plan changes in the cross-entropies: see core's `objectiveSchema` for the formulas. */
export class Objective {
  /** Label smoothing, 0 for none. */
  smoothing: f64 = 0;
  /** q of the generalized cross-entropy, 0 for none. */
  exponent: f64 = 0;
  /** Share of each batch that counts, 1 for all. */
  kept: f64 = 1;
  /** Whether classes have weights, and these: [classes], float64. */
  weighted: bool = false;
  weights: usize = 0;

  reserve(classes: i32): void {
    this.weights = reserve(2 * max(classes, 2));
  }

  get shapesLoss(): bool {
    return this.smoothing > 0 || this.exponent > 0;
  }

  get weighs(): bool {
    return this.weighted || this.kept < 1;
  }

  /**
   * Gives each example of a batch the weight that it counts with: of its class, and n / kept or 0.
   *
   * @param losses [examples], float64, without weights
   * @param gradient [examples, width], changed
   * @param order room for as many 32-bit values as there are examples
   * @returns the sum of the weighted losses
   */
  // prettier-ignore
  weigh(examples: i32, width: i32, losses: usize, labels: usize, gradient: usize, order: usize): f64 {
    let counting = examples;
    if (this.kept < 1) counting = min(examples, <i32>Math.ceil(this.kept * <f64>examples - 1e-9));
    orderBySize(losses, order, this.kept < 1 ? examples : 0);
    const share = <f64>examples / <f64>counting;
    let sum: f64 = 0;
    for (let place = 0; place < examples; place++) {
      const example = this.kept < 1 ? <i32>load<u32>(at(order, place)) : place;
      const own = at(gradient, example * width);
      if (place >= counting) {
        memory.fill(own, 0, (<usize>width) << 2);
        continue;
      }
      const factor = share * this.weightOf(load<f32>(at(labels, example)));
      sum += load<f64>(losses + ((<usize>example) << 3)) * factor;
      for (let k = 0; k < width; k++) store<f32>(at(own, k), <f32>(<f64>load<f32>(at(own, k)) * factor));
    }
    return sum;
  }

  private weightOf(label: f32): f64 {
    return this.weighted ? load<f64>(this.weights + ((<usize>label) << 3)) : 1;
  }
}
