import type { WasmMemory } from './webassembly.js';

/** What the compiled program exports: see assembly/index.ts. Addresses are bytes from the start of its memory. */
export interface EngineExports {
  readonly memory: WasmMemory;
  begin(size: number, inputSize: number, loss: number): void;
  addDense(inputs: number, units: number, kernel: number, bias: number): void;
  /** height, width, channels, kernel's height and width, stride y and x, rows above, columns left, output's height
   *  and width, filters, offsets of kernel and bias. */
  addConvolution(...geometry: number[]): void;
  /** 1 for the largest, 0 for the mean; height, width, channels, kernel's height and width, stride y and x, output's
   *  height and width. */
  addPooling(...geometry: number[]): void;
  addActivation(size: number, name: number): void;
  addScale(size: number, factor: number): void;
  addDropout(size: number, rate: number, lane: number): void;
  addGroupNorm(
    positions: number,
    channels: number,
    groups: number,
    epsilon: number,
    scale: number,
    shift: number,
  ): void;
  footprint(unitExamples: number): number;
  build(examples: number, unitExamples: number): void;
  reserveRecords(count: number, units: number, grouped: number): void;
  weightsAddress(): number;
  gradientAddress(): number;
  correctionAddress(): number;
  featuresAddress(): number;
  labelsAddress(): number;
  unitStartsAddress(): number;
  unitRecordsAddress(): number;
  orderAddress(): number;
  chosenAddress(): number;
  classWeightsAddress(): number;
  factorsAddress(): number;
  squaredNormsAddress(): number;
  randomKeyAddress(): number;
  noiseKeyAddress(): number;
  inputAddress(): number;
  outputsAddress(): number;
  configureOptimizer(
    name: number,
    learningRate: number,
    momentum: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
  configureBatches(probability: number, expectedSize: number): void;
  configurePrivacy(clip: number, clipNorm: number, noiseMultiplier: number, rounds: number, draws: number): void;
  configureMasks(rounds: number): void;
  configureWishes(proximalMu: number, hasCorrection: number): void;
  configureObjective(smoothing: number, exponent: number, kept: number, weighted: number): void;
  configureAugmentation(
    height: number,
    width: number,
    channels: number,
    signal: number,
    flip: number,
    shift: number,
    rotate: number,
    contrast: number,
  ): void;
  start(): void;
  freeze(offset: number, size: number): void;
  batchesSeen(): number;
  meanLoss(): number;
  appliedClip(): number;
  appliedClipNorm(): number;
  appliedNoiseMultiplier(): number;
  appliedProximalMu(): number;
  appliedCorrection(): number;
  appliedFrozen(): number;
  appliedSmoothing(): number;
  appliedExponent(): number;
  appliedKept(): number;
  appliedClassWeights(): number;
  appliedFlip(): number;
  appliedShift(): number;
  appliedRotate(): number;
  appliedContrast(): number;
  shuffledSteps(firstStep: number, steps: number, firstRecord: number, size: number): void;
  poissonSteps(firstStep: number, steps: number): void;
  gradient(step: number, units: number): number;
  noiseDeviation(rows: number): number;
  noteNoise(): void;
  update(rows: number): void;
  predict(examples: number): void;
  /** For tests and the benchmark of kernels: see assembly/matrix/multiply.ts. */
  multiply(
    rows: number,
    columns: number,
    depth: number,
    a: number,
    aRow: number,
    aDepth: number,
    b: number,
    bDepth: number,
    bColumn: number,
    c: number,
    cRow: number,
    accumulate: number,
  ): void;
}
