import { gaussianLogDelta } from '../accounting/gaussian-profile.js';
import { normalDensity } from '../numeric/normal.js';

/** A study of one release: Gaussian noise, on everybody or on a Poisson sample. */
export interface OneRelease {
  readonly noiseMultiplier: number;
  /** Default: 1. */
  readonly samplingProbability?: number;
}

/**
 * The hockey-stick divergence E_P[(1 - e^(epsilon - L))_+] of a first, Gaussian study and of the one of several second
 * studies that its privacy loss makes the worst: an exact integral over that loss, by Simpson's rule. P has the record, so
 * this is the direction `remove` of add-or-remove-one.
 */
export function adaptiveDelta(first: number, seconds: readonly OneRelease[], epsilon: number, panels = 1200): number {
  const mu = 1 / first;
  const reach = 12;
  const step = (2 * reach) / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) {
    const x = -reach + i * step;
    const loss = mu * x + mu ** 2 / 2; // normal, of mean mu^2 / 2 and variance mu^2
    const worst = Math.max(...seconds.map((second) => oneDelta(second, epsilon - loss)));
    sum += (i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2) * normalDensity(x) * worst;
  }
  return (sum * step) / 3;
}

/** The same of the second study fixed beforehand. */
export function settledDelta(first: number, second: OneRelease, epsilon: number, panels?: number): number {
  return adaptiveDelta(first, [second], epsilon, panels);
}

/** Least epsilon at a delta, to 1e-7. */
export function adaptiveEpsilon(first: number, seconds: readonly OneRelease[], delta: number): number {
  let [low, high] = [0, 64];
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (adaptiveDelta(first, seconds, middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/** delta(epsilon) of one release, for epsilon of either sign, in the direction `remove`. */
function oneDelta({ noiseMultiplier: z, samplingProbability: q = 1 }: OneRelease, epsilon: number): number {
  if (q === 1) return gaussianDelta(1 / z, epsilon);
  // P = (1 - q) Q + q P', so that P - e^eps Q = q (P' - e^eps' Q) with e^eps' = 1 + (e^eps - 1) / q.
  const inner = 1 + Math.expm1(epsilon) / q;
  return inner <= 0 ? 1 - Math.exp(epsilon) : q * gaussianDelta(1 / z, Math.log(inner));
}

/** For epsilon < 0 by symmetry: delta(epsilon) = 1 - e^epsilon + e^epsilon delta(-epsilon). */
function gaussianDelta(mu: number, epsilon: number): number {
  if (epsilon >= 0) return Math.exp(gaussianLogDelta(mu, epsilon));
  return -Math.expm1(epsilon) + Math.exp(epsilon + gaussianLogDelta(mu, -epsilon));
}
