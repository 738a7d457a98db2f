import { at, reserve } from '../memory';
import { addScaled, dot } from '../matrix/vector';
import { Capacity, Layer, Units } from './layer';

/**
 * Group normalization (Wu and He 2018, equations 1 to 6): each example's channels in groups, every group brought to
 * mean 0 and (biased) variance 1 over its channels and all positions, then scale and shift by channel. No example
 * sees another, so that it may be used under differential privacy.
 *
 * Gradients of scale and shift are few: they are kept for each example, [examples, 2, channels].
 */
export class GroupNorm extends Layer {
  /** [examples, positions, channels]: before scale and shift. */
  private normalized: usize = 0;
  /** [examples, groups]: one over the standard deviation. */
  private inverseDeviations: usize = 0;
  private exampleGradients: usize = 0;
  private scaleTrains: bool = true;
  private shiftTrains: bool = true;

  constructor(
    private readonly positions: i32,
    private readonly channels: i32,
    private readonly groups: i32,
    private readonly epsilon: f64,
    private readonly scale: usize,
    private readonly scaleGradient: usize,
    private readonly shift: usize,
    private readonly shiftGradient: usize,
  ) {
    super(positions * channels, positions * channels);
  }

  footprint(unitExamples: i32): i32 {
    return super.footprint(unitExamples) + this.outputSize + this.groups + 2 * this.channels;
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.normalized = reserve(capacity.examples * this.outputSize);
    this.inverseDeviations = reserve(capacity.examples * this.groups);
    this.exampleGradients = reserve(capacity.examples * 2 * this.channels);
  }

  forward(examples: i32, training: bool): void {
    const width = this.channels / this.groups;
    const count = <f64>(this.positions * width);
    for (let example = 0; example < examples; example++)
      for (let group = 0; group < this.groups; group++) {
        const first = example * this.inputSize + group * width;
        let sum: f64 = 0;
        for (let p = 0; p < this.positions; p++)
          for (let c = 0; c < width; c++) sum += <f64>load<f32>(at(this.input, first + p * this.channels + c));
        const mean = sum / count;
        let squares: f64 = 0;
        for (let p = 0; p < this.positions; p++)
          for (let c = 0; c < width; c++) {
            const centered = <f64>load<f32>(at(this.input, first + p * this.channels + c)) - mean;
            squares += centered * centered;
          }
        const inverse = 1 / Math.sqrt(squares / count + this.epsilon);
        store<f32>(at(this.inverseDeviations, example * this.groups + group), <f32>inverse);
        for (let p = 0; p < this.positions; p++)
          for (let c = 0; c < width; c++) {
            const place = first + p * this.channels + c;
            const channel = group * width + c;
            const value = <f32>((<f64>load<f32>(at(this.input, place)) - mean) * inverse);
            store<f32>(at(this.normalized, place), value);
            store<f32>(
              at(this.output, place),
              value * load<f32>(at(this.scale, channel)) + load<f32>(at(this.shift, channel)),
            );
          }
      }
  }

  backward(examples: i32): void {
    const width = this.channels / this.groups;
    const count = <f64>(this.positions * width);
    for (let example = 0; example < examples; example++)
      for (let group = 0; group < this.groups; group++) {
        const first = example * this.inputSize + group * width;
        const inverse = load<f32>(at(this.inverseDeviations, example * this.groups + group));
        // d: gradient of the normalized values; its part along 1 and along them is taken out.
        let sum: f64 = 0;
        let along: f64 = 0;
        for (let p = 0; p < this.positions; p++)
          for (let c = 0; c < width; c++) {
            const place = first + p * this.channels + c;
            const d = <f64>(load<f32>(at(this.outputGradient, place)) * load<f32>(at(this.scale, group * width + c)));
            sum += d;
            along += d * <f64>load<f32>(at(this.normalized, place));
          }
        const mean = <f32>(sum / count);
        const share = <f32>(along / count);
        for (let p = 0; p < this.positions; p++)
          for (let c = 0; c < width; c++) {
            const place = first + p * this.channels + c;
            const d = load<f32>(at(this.outputGradient, place)) * load<f32>(at(this.scale, group * width + c));
            store<f32>(
              at(this.inputGradient, place),
              inverse * (d - mean - load<f32>(at(this.normalized, place)) * share),
            );
          }
      }
  }

  trains(): bool {
    return this.scaleTrains || this.shiftTrains;
  }

  thaw(): void {
    this.scaleTrains = true;
    this.shiftTrains = true;
  }

  freeze(tensor: usize): void {
    if (tensor == this.scale) this.scaleTrains = false;
    if (tensor == this.shift) this.shiftTrains = false;
  }

  /** Fills exampleGradients. */
  private gradients(examples: i32): void {
    const channels = this.channels;
    memory.fill(this.exampleGradients, 0, (<usize>(examples * 2 * channels)) << 2);
    for (let example = 0; example < examples; example++) {
      const scales = at(this.exampleGradients, 2 * example * channels);
      const shifts = at(scales, channels);
      for (let p = 0; p < this.positions; p++)
        for (let c = 0; c < channels; c++) {
          const place = (example * this.positions + p) * channels + c;
          const d = load<f32>(at(this.outputGradient, place));
          store<f32>(at(scales, c), load<f32>(at(scales, c)) + d * load<f32>(at(this.normalized, place)));
          store<f32>(at(shifts, c), load<f32>(at(shifts, c)) + d);
        }
    }
  }

  private addSlot(example: i32, factor: f32): void {
    const gradient = this.slotOf(example);
    if (this.scaleTrains) addScaled(this.scaleGradient, gradient, this.channels, factor);
    if (this.shiftTrains) addScaled(this.shiftGradient, at(gradient, this.channels), this.channels, factor);
  }

  private slotOf(example: i32): usize {
    return at(this.exampleGradients, 2 * example * this.channels);
  }

  addGradient(examples: i32): void {
    this.gradients(examples);
    for (let example = 0; example < examples; example++) this.addSlot(example, 1);
  }

  /** A unit's gradient is put together in the place of its first example's. */
  addSquaredNorms(units: Units): void {
    const channels = this.channels;
    this.gradients(units.start(units.count));
    for (let unit = 0; unit < units.count; unit++) {
      const first = units.start(unit);
      const scales = this.slotOf(first);
      const shifts = at(scales, channels);
      for (let example = first + 1; example < units.start(unit + 1); example++)
        addScaled(scales, this.slotOf(example), 2 * channels, 1);
      let squares: f64 = 0;
      if (this.scaleTrains) squares += dot(scales, scales, channels);
      if (this.shiftTrains) squares += dot(shifts, shifts, channels);
      units.addSquaredNorm(unit, squares, squares);
    }
  }

  forget(units: Units, unit: i32): void {
    memory.fill(this.slotOf(units.start(unit)), 0, (<usize>(2 * this.channels)) << 2);
  }

  addClippedGradient(units: Units): void {
    for (let unit = 0; unit < units.count; unit++) this.addSlot(units.start(unit), units.factor(unit));
  }
}
