import { Capacity, Units } from '../layers/layer';
import { addScaled, dot, scale, scaleToClip } from '../matrix/vector';
import { at, reserve } from '../memory';
import { Augmentation } from './augmentation';
import { clipFactor } from './clip-factor';
import { Network } from './network';
import { Optimizer, ADAM, MOMENTUM } from './optimizer';
import { Records } from './records';
import { Settings, CLIP_BATCH_MEAN, CLIP_NONE, CLIP_PER_UNIT } from './settings';
import { Weights } from './state';

/** One step of training: the batch's gradient, what privacy asks of it, and the move of the weights. */
export class Step {
  readonly units: Units = new Units();
  /** Tensors that are not trained, as pairs of offset and size. */
  private readonly frozen: Array<i32> = [];
  /** Sum over steps of the batches' mean losses, and the number of batches that were not empty. */
  lossSum: f64 = 0;
  lossCount: i32 = 0;
  /** Number of steps, of those whose gradient was clipped, and of those to which noise was added. */
  private steps: i32 = 0;
  private clipped: i32 = 0;
  private noised: i32 = 0;
  /** Of those with the proximal term, with the correction, and with the gradients of the frozen tensors at 0. */
  private pulled: i32 = 0;
  private corrected: i32 = 0;
  private froze: i32 = 0;
  /** Of those whose examples were all augmented, and the examples of the step under way that were. */
  private augmented: i32 = 0;
  private changed: i32 = 0;
  readonly augmentation: Augmentation;

  constructor(
    readonly network: Network,
    readonly weights: Weights,
    readonly optimizer: Optimizer,
    readonly records: Records,
    readonly settings: Settings,
    private readonly capacity: Capacity,
  ) {
    this.augmentation = new Augmentation(network.inputSize);
    this.units.starts = reserve(capacity.examples + 1);
    this.units.factors = reserve(capacity.examples);
    this.units.squaredNorms = reserve(2 * capacity.examples);
    this.units.squaredMagnitudes = reserve(2 * capacity.examples);
  }

  /** Nothing is frozen, the optimizer has no past, no loss was seen. */
  begin(): void {
    this.frozen.length = 0;
    this.network.thaw();
    this.optimizer.reset();
    this.lossSum = 0;
    this.lossCount = 0;
    this.steps = 0;
    this.clipped = 0;
    this.noised = 0;
    this.pulled = 0;
    this.corrected = 0;
    this.froze = 0;
    this.augmented = 0;
  }

  freeze(offset: i32, size: i32): void {
    this.frozen.push(offset);
    this.frozen.push(size);
    this.network.freeze(at(this.weights.values, offset));
  }

  /**
   * The gradient of the batch in `records.rows`: its sum, or the sum of the units' clipped gradients, or (batch-mean)
   * the clipped mean. A batch beyond the capacity goes through in parts, none of which splits a unit.
   */
  gradient(rows: i32, units: i32): void {
    memory.fill(this.weights.gradient, 0, (<usize>this.weights.size) << 2);
    const perUnit = this.settings.clip == CLIP_PER_UNIT;
    this.steps++;
    if (rows == 0) {
      if (perUnit) this.clipped++; // the sum over nobody
      this.augmented++;
      return;
    }
    let losses: f64 = 0;
    let unit = 0;
    this.changed = 0;
    for (let first = 0; first < rows;) {
      let examples = min(this.capacity.examples, rows - first);
      if (perUnit) {
        const next = this.unitsFrom(unit, units);
        examples = this.units.start(this.units.count);
        unit = next;
      }
      losses += this.pass(first, examples);
      if (perUnit) this.network.addClippedGradient(this.units, this.settings.clipNorm);
      else this.network.addGradient(examples);
      first += examples;
    }
    this.lossSum += losses / <f64>rows;
    this.lossCount++;
    if (this.changed == rows) this.augmented++;
    if (perUnit) this.clipped++;
    else if (this.settings.clip == CLIP_BATCH_MEAN) this.clipMean(rows);
  }

  /** Noise of `noiseDeviation` was added to the step's gradient. */
  noteNoise(): void {
    this.noised++;
  }

  /** How every step so far was clipped, and had the noise that it was due; CLIP_NONE where one had not. */
  get applied(): i32 {
    const hadNoise = this.settings.noiseMultiplier == 0 || this.noised == this.steps;
    return this.clipped == this.steps && hadNoise ? this.settings.clip : CLIP_NONE;
  }

  /** Weight of the proximal term that every step so far had; 0 where one had none. */
  get appliedProximalMu(): f64 {
    return this.pulled == this.steps ? this.settings.proximalMu : 0;
  }

  /** Whether every step so far had the correction. */
  get appliedCorrection(): bool {
    return this.settings.hasCorrection && this.corrected == this.steps;
  }

  /** Number of tensors that no step so far has trained. */
  get appliedFrozen(): i32 {
    return this.froze == this.steps ? this.frozen.length >> 1 : 0;
  }

  /** Whether all examples of every step so far were augmented. */
  get appliedAugmentation(): bool {
    return this.augmentation.changes && this.augmented == this.steps;
  }

  /** As many whole units from `first` on as the capacity holds. @returns the first that is left */
  private unitsFrom(first: i32, units: i32): i32 {
    const start = load<u32>(at(this.records.rowStarts, first));
    let unit = first;
    while (unit < units) {
      const end = load<u32>(at(this.records.rowStarts, unit + 1)) - start;
      if (<i32>end > this.capacity.examples) break;
      store<u32>(at(this.units.starts, unit + 1 - first), end);
      unit++;
    }
    store<u32>(this.units.starts, 0);
    this.units.count = unit - first;
    return unit;
  }

  private pass(first: i32, examples: i32): f64 {
    this.records.gather(first, examples, this.network.input, this.network.labels);
    if (this.augmentation.changes) {
      this.augmentation.apply(this.network.input, examples, first, this.records.places);
      this.changed += examples;
    }
    this.network.forward(examples, true, first, this.records.places);
    return this.network.lossSum(examples);
  }

  private clipMean(rows: i32): void {
    const gradient = this.weights.gradient;
    const size = this.weights.size;
    scale(gradient, size, <f32>(1 / <f64>rows));
    const norm = Math.sqrt(dot(gradient, gradient, size));
    const factor = clipFactor(this.settings.clipNorm, norm, norm);
    // Of a gradient that is not finite nothing is left: it would make the step no number, and tell of the record.
    if (factor == 0) memory.fill(gradient, 0, (<usize>size) << 2);
    else scaleToClip(gradient, size, factor);
    this.clipped++;
  }

  /** Standard deviation of the noise that the gradient of a batch of so many rows is due. */
  noiseDeviation(rows: i32): f64 {
    const s = this.settings;
    const deviation = s.noiseMultiplier * s.clipNorm;
    if (s.clip == CLIP_PER_UNIT) return deviation;
    return s.clip == CLIP_BATCH_MEAN ? deviation / <f64>rows : 0;
  }

  /** What the sum over a batch of so many rows is multiplied by; 1 where it is a mean already. */
  share(rows: i32): f32 {
    const s = this.settings;
    if (s.clip == CLIP_BATCH_MEAN) return 1;
    return <f32>(1 / (s.expectedSize > 0 ? s.expectedSize : <f64>rows));
  }

  divide(rows: i32): void {
    const share = this.share(rows);
    if (share != 1) scale(this.weights.gradient, this.weights.size, share);
  }

  /** Proximal term, correction, frozen tensors, optimizer: what comes after noise and division. */
  update(): void {
    const s = this.settings;
    const w = this.weights;
    const gradient = w.gradient;
    if (s.proximalMu > 0) {
      addScaled(gradient, w.values, w.size, <f32>s.proximalMu);
      addScaled(gradient, w.initial, w.size, <f32>-s.proximalMu);
      this.pulled++;
    }
    if (s.hasCorrection) {
      addScaled(gradient, w.correction, w.size, 1);
      this.corrected++;
    }
    for (let i = 0; i < this.frozen.length; i += 2)
      memory.fill(at(gradient, this.frozen[i]), 0, (<usize>this.frozen[i + 1]) << 2);
    this.froze++;
    if (s.optimizer == ADAM) this.optimizer.adam(w.values, gradient, s.learningRate, s.beta1, s.beta2, s.epsilon);
    else if (s.optimizer == MOMENTUM) this.optimizer.momentum(w.values, gradient, s.learningRate, s.momentum);
    else this.optimizer.sgd(w.values, gradient, s.learningRate);
  }
}
