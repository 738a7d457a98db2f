import { at, reserve } from '../memory';
import { at64, sumColumns, sumProducts, sumSquares } from '../matrix/columns';
import { addScaled, dot } from '../matrix/vector';
import { Capacity, Layer, Units } from './layer';
import { normalize, normalizeGradient } from './normalize';

/**
 * Group normalization (Wu and He 2018, equations 1 to 6): each example's channels in groups, every group brought to
 * mean 0 and (biased) variance 1 over its channels and all positions, then scale and shift by channel. No example
 * sees another, so that it may be used under differential privacy.
 *
 * Gradients of scale and shift are few: they are kept for each example, [examples, 2, channels]. What `backward` needs
 * to know of a group follows from them, so that it comes after `addGradient` or `addSquaredNorms`.
 */
export class GroupNorm extends Layer {
  /** [examples, positions, channels]: before scale and shift. */
  private normalized: usize = 0;
  /** [examples, groups]: one over the standard deviation. */
  private inverseDeviations: usize = 0;
  /** [examples, groups]: means of the normalized values' gradients, and of these times the values. */
  private means: usize = 0;
  private shares: usize = 0;
  private exampleGradients: usize = 0;
  /** [channels] each, float64 or float32: of the example at hand. */
  private first: usize = 0;
  private second: usize = 0;
  private third: usize = 0;
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
    return super.footprint(unitExamples) + this.outputSize + 3 * this.groups + 2 * this.channels;
  }

  reserve(capacity: Capacity): void {
    super.reserve(capacity);
    this.normalized = reserve(capacity.examples * this.outputSize);
    this.inverseDeviations = reserve(capacity.examples * this.groups);
    this.means = reserve(capacity.examples * this.groups);
    this.shares = reserve(capacity.examples * this.groups);
    this.exampleGradients = reserve(capacity.examples * 2 * this.channels);
    this.first = reserve(2 * this.channels);
    this.second = reserve(2 * this.channels);
    this.third = reserve(2 * this.channels);
  }

  forward(examples: i32, training: bool): void {
    const positions = this.positions;
    const channels = this.channels;
    const groups = this.groups;
    const width = channels / groups;
    const count = <f64>(positions * width);
    const sums = this.first;
    const means = this.second;
    const inverses = this.third;
    for (let example = 0; example < examples; example++) {
      const start = example * this.inputSize;
      const image = at(this.input, start);
      sumColumns(sums, image, positions, channels);
      for (let group = 0; group < groups; group++)
        fill64(at64(means, group * width), width, sumOf(at64(sums, group * width), width) / count);
      sumSquares(sums, means, image, positions, channels);
      for (let group = 0; group < groups; group++) {
        const variance = sumOf(at64(sums, group * width), width) / count;
        const inverse = 1 / Math.sqrt(variance + this.epsilon);
        store<f32>(at(this.inverseDeviations, example * groups + group), <f32>inverse);
        fill64(at64(inverses, group * width), width, inverse);
      }
      normalize(
        image,
        at(this.normalized, start),
        at(this.output, start),
        means,
        inverses,
        this.scale,
        this.shift,
        positions,
        channels,
      );
    }
  }

  /** The gradient of the normalized values; its part along 1 and along them, which `gradients` found, is taken out. */
  backward(examples: i32): void {
    const channels = this.channels;
    const groups = this.groups;
    const width = channels / groups;
    for (let example = 0; example < examples; example++) {
      for (let c = 0; c < channels; c++) {
        const group = example * groups + c / width;
        store<f32>(at(this.first, c), load<f32>(at(this.inverseDeviations, group)));
        store<f32>(at(this.second, c), load<f32>(at(this.means, group)));
        store<f32>(at(this.third, c), load<f32>(at(this.shares, group)));
      }
      const start = example * this.inputSize;
      normalizeGradient(
        at(this.outputGradient, start),
        at(this.normalized, start),
        at(this.inputGradient, start),
        this.first,
        this.second,
        this.third,
        this.scale,
        this.positions,
        channels,
      );
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

  /** Fills exampleGradients, and what `backward` takes out. */
  private gradients(examples: i32): void {
    const positions = this.positions;
    const channels = this.channels;
    const groups = this.groups;
    const width = channels / groups;
    const count = <f64>(positions * width);
    const products = this.first;
    const sums = this.second;
    for (let example = 0; example < examples; example++) {
      const start = example * this.inputSize;
      const d = at(this.outputGradient, start);
      sumProducts(products, sums, d, at(this.normalized, start), positions, channels);
      const scales = this.slotOf(example);
      const shifts = at(scales, channels);
      for (let group = 0; group < groups; group++) {
        let sum: f64 = 0;
        let along: f64 = 0;
        for (let c = group * width; c < (group + 1) * width; c++) {
          const product = load<f64>(at64(products, c));
          const ofChannel = load<f64>(at64(sums, c));
          const scale = <f64>load<f32>(at(this.scale, c));
          store<f32>(at(scales, c), <f32>product);
          store<f32>(at(shifts, c), <f32>ofChannel);
          sum += scale * ofChannel;
          along += scale * product;
        }
        store<f32>(at(this.means, example * groups + group), <f32>(sum / count));
        store<f32>(at(this.shares, example * groups + group), <f32>(along / count));
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

function fill64(target: usize, count: i32, value: f64): void {
  for (let i = 0; i < count; i++) store<f64>(at64(target, i), value);
}

function sumOf(values: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) sum += load<f64>(at64(values, i));
  return sum;
}
