/**
 * What the host calls. First the network is built, layer after layer (`begin`, `add...`, `build`); for each training
 * the host writes weights, records and keys to the addresses that it is given, calls `configure...`, and then
 * `shuffledSteps` or `poissonSteps`, which run without it. Offsets of tensors count values from the first weight;
 * -1 stands for a tensor that there is not.
 */
import { Activation } from './layers/activation';
import { Convolution } from './layers/convolution';
import { Dropout } from './layers/dropout';
import { GroupNorm } from './layers/group-norm';
import { Capacity } from './layers/layer';
import { Linear } from './layers/linear';
import { AveragePooling, MaxPooling } from './layers/pooling';
import { Scale } from './layers/scale';
import { Windows } from './layers/windows';
import { at } from './memory';
import { addGaussian } from './random/gaussian';
import { chooseUnits } from './random/uniform';
import { Network } from './training/network';
import { Optimizer } from './training/optimizer';
import { Records } from './training/records';
import { Settings } from './training/settings';
import { noiseKey, randomKey, setMaskRounds, setStep, stepNumber, Weights } from './training/state';
import { Step } from './training/step';

export { multiply } from './matrix/multiply';

let weights!: Weights;
let network!: Network;
let records!: Records;
let step!: Step;
const settings = new Settings();

export function begin(size: i32, inputSize: i32, loss: i32): void {
  weights = new Weights(size);
  network = new Network(inputSize, loss);
  records = new Records(inputSize);
}

function value(offset: i32): usize {
  return offset < 0 ? 0 : at(weights.values, offset);
}

function gradientOf(offset: i32): usize {
  return offset < 0 ? 0 : at(weights.gradient, offset);
}

export function addDense(inputs: i32, units: i32, kernel: i32, bias: i32): void {
  network.add(new Linear(inputs, 1, inputs, units, value(kernel), gradientOf(kernel), value(bias), gradientOf(bias)));
}

// prettier-ignore
export function addConvolution(
  height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32,
  top: i32, left: i32, outputHeight: i32, outputWidth: i32, filters: i32, kernel: i32, bias: i32,
): void {
  const windows = new Windows(
    height, width, channels, kernelHeight, kernelWidth, strideY, strideX, top, left, outputHeight, outputWidth,
  );
  network.add(new Convolution(windows, filters, value(kernel), gradientOf(kernel), value(bias), gradientOf(bias)));
}

// prettier-ignore
export function addPooling(
  largest: bool, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, outputHeight: i32, outputWidth: i32,
): void {
  const windows = new Windows(
    height, width, channels, kernelHeight, kernelWidth, strideY, strideX, 0, 0, outputHeight, outputWidth,
  );
  if (largest) network.add(new MaxPooling(windows));
  else network.add(new AveragePooling(windows));
}

export function addActivation(size: i32, name: i32): void {
  network.add(new Activation(size, name));
}

export function addScale(size: i32, factor: f32): void {
  network.add(new Scale(size, factor));
}

export function addDropout(size: i32, rate: f64, lane: u32): void {
  network.add(new Dropout(size, rate, lane));
}

// prettier-ignore
export function addGroupNorm(
  positions: i32, channels: i32, groups: i32, epsilon: f64, scale: i32, shift: i32,
): void {
  network.add(
    new GroupNorm(
      positions, channels, groups, epsilon, value(scale), gradientOf(scale), value(shift), gradientOf(shift),
    ),
  );
}

/** Values that `build` reserves for each example. @param unitExamples 0: gradients are not clipped by unit */
export function footprint(unitExamples: i32): i32 {
  return network.footprint(unitExamples);
}

/** @param examples most that pass through at once; at least `unitExamples` */
export function build(examples: i32, unitExamples: i32): void {
  const capacity = new Capacity(examples, unitExamples);
  network.reserve(capacity);
  step = new Step(network, weights, new Optimizer(weights.size), records, settings, capacity);
}

/** Makes room for so many records. Addresses of records hold until the next call. */
export function reserveRecords(count: i32, units: i32, grouped: bool): void {
  records.reserve(count);
  records.units = units;
  records.grouped = grouped;
}

export function weightsAddress(): usize {
  return weights.values;
}
export function gradientAddress(): usize {
  return weights.gradient;
}
export function correctionAddress(): usize {
  return weights.correction;
}
export function featuresAddress(): usize {
  return records.features;
}
export function labelsAddress(): usize {
  return records.labels;
}
export function unitStartsAddress(): usize {
  return records.unitStarts;
}
export function unitRecordsAddress(): usize {
  return records.unitRecords;
}
export function orderAddress(): usize {
  return records.order;
}
export function chosenAddress(): usize {
  return records.chosen;
}
/** [classes], float64 */
export function classWeightsAddress(): usize {
  return network.objective.weights;
}
/** [units of the last pass]: what each gradient was multiplied by, and its squared norm before (float64). */
export function factorsAddress(): usize {
  return step.units.factors;
}
export function squaredNormsAddress(): usize {
  return step.units.squaredNorms;
}
export function randomKeyAddress(): usize {
  return randomKey;
}
export function noiseKeyAddress(): usize {
  return noiseKey;
}
export function inputAddress(): usize {
  return network.input;
}
export function outputsAddress(): usize {
  return network.outputs;
}

// prettier-ignore
export function configureOptimizer(
  name: i32, learningRate: f64, momentum: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  settings.optimizer = name;
  settings.learningRate = learningRate;
  settings.momentum = momentum;
  settings.beta1 = beta1;
  settings.beta2 = beta2;
  settings.epsilon = epsilon;
}

/** @param probability of Poisson batches @param expectedSize their divisor; 0: batches are divided by their own size */
export function configureBatches(probability: f64, expectedSize: f64): void {
  settings.probability = probability;
  settings.expectedSize = expectedSize;
}

// prettier-ignore
export function configurePrivacy(
  clip: i32, clipNorm: f64, noiseMultiplier: f64, rounds: i32, draws: i32,
): void {
  settings.clip = clip;
  settings.clipNorm = clipNorm;
  settings.noiseMultiplier = noiseMultiplier;
  settings.noiseRounds = rounds;
  settings.noiseDraws = draws;
}

/** @param rounds of the generator of dropout masks, whose key is at `randomKeyAddress` */
export function configureMasks(rounds: i32): void {
  setMaskRounds(rounds);
}

export function configureWishes(proximalMu: f64, hasCorrection: bool): void {
  settings.proximalMu = proximalMu;
  settings.hasCorrection = hasCorrection;
}

/**
 * What changes the loss: see `Objective`. Weights of classes are at `classWeightsAddress`, float64.
 * @param smoothing and exponent: 0 for none @param kept 1 for all
 */
export function configureObjective(smoothing: f64, exponent: f64, kept: f64, weighted: bool): void {
  const objective = network.objective;
  objective.smoothing = smoothing;
  objective.exponent = exponent;
  objective.kept = kept;
  objective.weighted = weighted;
}

/** What examples are changed by: see `Augmentation`. @param rotate degrees; 0 for none, as all of them @param signal without rows */
// prettier-ignore
export function configureAugmentation(
  height: i32, width: i32, channels: i32, signal: bool, flip: bool, shift: i32, rotate: f64, contrast: f64,
): void {
  const augmentation = step.augmentation;
  augmentation.height = height;
  augmentation.width = width;
  augmentation.channels = channels;
  augmentation.signal = signal;
  augmentation.flip = flip;
  augmentation.shift = shift;
  augmentation.rotate = rotate;
  augmentation.contrast = contrast;
}

/** The weights that were written are those that training starts from; nothing is frozen yet. */
export function start(): void {
  memory.copy(weights.initial, weights.values, (<usize>weights.size) << 2);
  step.begin();
}

export function freeze(offset: i32, size: i32): void {
  step.freeze(offset, size);
}

/** Number of batches that were not empty, and the mean of their losses. */
export function batchesSeen(): i32 {
  return step.lossCount;
}

/** What every step since `start` has carried out, told by the code that does it; 0 for no clipping. */
export function appliedClip(): i32 {
  return step.applied;
}
export function appliedClipNorm(): f64 {
  return settings.clipNorm;
}
export function appliedNoiseMultiplier(): f64 {
  return settings.noiseMultiplier;
}
export function appliedProximalMu(): f64 {
  return step.appliedProximalMu;
}
export function appliedCorrection(): bool {
  return step.appliedCorrection;
}
export function appliedFrozen(): i32 {
  return step.appliedFrozen;
}
/** By what losses are made. */
export function appliedSmoothing(): f64 {
  return network.objective.smoothing;
}
export function appliedExponent(): f64 {
  return network.objective.exponent;
}
export function appliedKept(): f64 {
  return network.objective.kept;
}
export function appliedClassWeights(): bool {
  return network.objective.weighted;
}
/** What examples were changed by; 0 where those of a step were not. */
export function appliedFlip(): bool {
  return step.appliedAugmentation && step.augmentation.flip;
}
export function appliedShift(): i32 {
  return step.appliedAugmentation ? step.augmentation.shift : 0;
}
export function appliedRotate(): f64 {
  return step.appliedAugmentation ? step.augmentation.rotate : 0;
}
export function appliedContrast(): f64 {
  return step.appliedAugmentation ? step.augmentation.contrast : 0;
}

export function meanLoss(): f64 {
  return step.lossSum / <f64>step.lossCount;
}

/**
 * Steps `firstStep` up to `firstStep + steps` on shuffled batches of `size` records, the first of which begins at
 * `firstRecord` of the epoch's order. The epoch's last batch may be smaller.
 */
export function shuffledSteps(firstStep: u32, steps: i32, firstRecord: i32, size: i32): void {
  for (let i = 0; i < steps; i++) {
    const first = firstRecord + i * size;
    const rows = min(size, records.count - first);
    setStep(firstStep + i);
    records.takeOrdered(first, rows);
    finish(rows, rows);
  }
}

/** Steps on Poisson batches, which are drawn here: each unit with the configured probability. */
export function poissonSteps(firstStep: u32, steps: i32): void {
  for (let i = 0; i < steps; i++) {
    const number = firstStep + i;
    setStep(number);
    const units = chooseUnits(
      records.chosen,
      records.units,
      settings.probability,
      noiseKey,
      settings.noiseRounds,
      number,
    );
    finish(records.takeChosen(units), units);
  }
}

function finish(rows: i32, units: i32): void {
  step.gradient(rows, units);
  const deviation = step.noiseDeviation(rows);
  if (deviation > 0) addNoise(deviation, step.share(rows));
  else step.divide(rows);
  step.update();
}

/** Adds the noise and divides, in one pass. */
function addNoise(deviation: f64, share: f32): void {
  addGaussian(
    weights.gradient,
    weights.size,
    <f32>deviation,
    share,
    noiseKey,
    settings.noiseRounds,
    stepNumber,
    settings.noiseDraws,
  );
  step.noteNoise();
}

// Where the host draws batches or noise itself, a step is: gradient, (noise, noteNoise), update.

/** The gradient of the batch of the first `units` of `chosen`. @returns its number of records */
export function gradient(number: u32, units: i32): i32 {
  setStep(number);
  const rows = records.takeChosen(units);
  step.gradient(rows, units);
  return rows;
}

export function noiseDeviation(rows: i32): f64 {
  return step.noiseDeviation(rows);
}

export function noteNoise(): void {
  step.noteNoise();
}

export function update(rows: i32): void {
  step.divide(rows);
  step.update();
}

/** Outputs of `examples` examples at `inputAddress`, without dropout, to `outputsAddress`. */
export function predict(examples: i32): void {
  network.forward(examples, false);
}
