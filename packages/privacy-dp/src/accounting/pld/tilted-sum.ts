import { fftErrorFactor, realFft, type RealFft, type Spectrum } from '../../numeric/index.js';
import type { GridLoss } from './grid-loss.js';
import type { Repeated } from './tilt.js';

/** The tilted probabilities of a sum of losses in a window of the grid; what is outside is folded into it. */
export interface TiltedSum {
  /** The probability at index i is that of the loss (first + i) x interval. Never below 0. */
  readonly probability: Float64Array;
  readonly first: number;
  /** ln E[e^(theta L)] as it was used to scale the probabilities. */
  readonly log: number;
  /** The probabilities are off by no more than this together, the folding aside. */
  readonly error: number;
}

/** e^-60: coefficients smaller than this are left out, and counted in the error. */
const leastCoefficient = -60;

/** Tables of a transform cost as much as the transform. */
const transforms = new Map<number, RealFft>();

/**
 * Adds independent losses under tilted probabilities, p e^(theta l) scaled to 1, by raising Fourier coefficients to the
 * power of their counts: one transform for each distinct loss and one back, whatever the counts.
 *
 * The tilt is what makes small deltas exact: the errors of a transform are relative to the largest probabilities, and
 * after the tilt these are the ones around epsilon. A window that holds almost all of the tilted sum is enough, of
 * `size` a power of two; the transform is circular, so that what is outside is added to what is inside.
 *
 * The error, in the 1-norm. With d = `fftErrorFactor` and coefficients of at most 1, those of one loss p are off by
 * d sqrt(N) |p| in the 2-norm, their power by that times the count. Those of the sum are sqrt(N) times the least |p| at
 * most, and logarithm, angle and exponential get 8 (count + 128) u of them wrong, the transform back d. The 1-norm of N
 * probabilities is at most the 2-norm of their coefficients.
 */
export function tiltedSum(losses: readonly Repeated[], theta: number, first: number, size: number): TiltedSum {
  const fft = transformOf(size);
  const half = size / 2;
  const logSize = new Float64Array(half + 1);
  const angle = new Float64Array(half + 1);
  let [log, count, wrong, leastNorm] = [0, 0, 0, 1];
  for (const part of losses) {
    const folded = tiltedAndFolded(part.loss, theta, size);
    log += part.count * folded.log;
    count += part.count;
    wrong += part.count * folded.norm;
    leastNorm = Math.min(leastNorm, folded.norm);
    addPowers(fft.forward(folded.probability), part.count, logSize, angle);
  }
  const probability = rotated(fft.inverse(fromPolar(logSize, angle)), first);
  const transform = fftErrorFactor(size);
  const powers = 8 * (count + 128) * 2 ** -53;
  const error =
    Math.sqrt(size) * (transform * (wrong + leastNorm) + powers * leastNorm) + size * Math.exp(leastCoefficient);
  return { probability, first, log, error };
}

function transformOf(size: number): RealFft {
  let known = transforms.get(size);
  if (!known) {
    if (transforms.size >= 4) transforms.clear();
    known = realFft(size);
    transforms.set(size, known);
  }
  return known;
}

/** Tilted probabilities, each at its index on the grid modulo `size`. */
function tiltedAndFolded({ interval, index, logMass }: GridLoss, theta: number, size: number) {
  const slope = theta * interval;
  let highest = -Infinity;
  for (let i = 0; i < index.length; i++) highest = Math.max(highest, logMass[i]! + slope * index[i]!);
  const probability = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < index.length; i++) {
    const mass = Math.exp(logMass[i]! + slope * index[i]! - highest);
    probability[modulo(index[i]!, size)]! += mass;
    total += mass;
  }
  let squares = 0;
  for (let i = 0; i < size; i++) {
    const scaled = probability[i]! / total;
    probability[i] = scaled;
    squares += scaled * scaled;
  }
  return { probability, log: highest + Math.log(total), norm: Math.sqrt(squares) };
}

/** Adds `count` times the logarithm of each coefficient. */
function addPowers({ real, imaginary }: Spectrum, count: number, logSize: Float64Array, angle: Float64Array): void {
  const least = Math.exp((2 * leastCoefficient) / count);
  for (let k = 0; k < real.length; k++) {
    if (logSize[k]! < leastCoefficient) continue;
    const square = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
    logSize[k]! += square < least ? -Infinity : (count / 2) * Math.log(square);
    if (logSize[k]! >= leastCoefficient) angle[k]! += count * Math.atan2(imaginary[k]!, real[k]!);
  }
}

function fromPolar(logSize: Float64Array, angle: Float64Array): Spectrum {
  const real = new Float64Array(logSize.length);
  const imaginary = new Float64Array(logSize.length);
  for (let k = 0; k < logSize.length; k++) {
    if (logSize[k]! < leastCoefficient) continue;
    const radius = Math.exp(Math.min(0, logSize[k]!));
    real[k] = radius * Math.cos(angle[k]!);
    imaginary[k] = radius * Math.sin(angle[k]!);
  }
  return { real, imaginary };
}

/** The window from grid index `first` on. Errors below 0 are taken up to 0. */
function rotated(folded: Float64Array, first: number): Float64Array {
  const window = new Float64Array(folded.length);
  let at = modulo(first, folded.length);
  for (let i = 0; i < window.length; i++) {
    window[i] = Math.max(0, folded[at]!);
    if (++at === window.length) at = 0;
  }
  return window;
}

function modulo(index: number, size: number): number {
  return ((index % size) + size) % size;
}
