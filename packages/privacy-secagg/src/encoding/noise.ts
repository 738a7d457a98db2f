import {
  assertInteger,
  assertPositive,
  assertThat,
  createLayout,
  incompatible,
  inFloat32Range,
  type DpEvent,
  type ElementArray,
  type Plan,
  type TensorsForm,
} from '@fedward/core';
import {
  addDiscreteGaussian,
  dequantize,
  noiseShares,
  quantize,
  rational,
  sharesTau,
  type BitSource,
  type NoiseShares,
  type Quantization,
} from '@fedward/kit-noise';
import type { DecodedSum } from './fixed-point.js';

/**
 * Differential privacy of hospitals by noise that nobody holds alone: the distributed discrete Gaussian (Kairouz, Liu and
 * Steinke 2021, arXiv:2102.06387).
 *
 * **Unit and sensitivity.** All the data of a hospital are in one update, which is clipped to C and rounded to integers whose
 * L2 norm is `sensitivity` at most, whatever the data are. A hospital that has none answers with zeros, and with its noise:
 * under add-or-remove-one of a hospital the sum of integers moves by `sensitivity` at most. Every update counts once, and
 * what the sum is divided by is a public constant.
 *
 * **Noise.** Each hospital adds N_Z(0, v) to its integers, v > sigma^2 / h, with h the least number of hospitals in a sum
 * that tell nobody what they drew. The more there are, the more noise there is; the price is that of h, never less than the
 * truth. It holds only while a hospital's integers are in one sum that is unmasked: the difference of two would be the
 * update of one hospital with one share of noise.
 */

/** Noise under secure aggregation, as the plan has it. */
export interface NoiseOptions {
  /**
   * Bound C of a hospital's update in a round, or with a noisy step of the gradient of a record or a patient: L2 norm over
   * all tensors together, from 2^-100 to 2^100.
   */
  readonly clipNorm: number;
  /** Deviation of the noise that a sum carries at least, over its sensitivity; > 0. */
  readonly noiseMultiplier: number;
  /** Divisor of the sum: how many hospitals are expected in a round, a public constant > 0. */
  readonly expectedClients: number;
  /** How many hospitals of a sum may tell the server what noise they drew, or draw none. Default: 0. */
  readonly colluding?: number;
}

/** What the noise of a run hangs on, beside its options. */
export interface NoisyRun {
  /** The most hospitals in a sum. */
  readonly sites: number;
  /** The least number of hospitals in a sum: with fewer nothing is unmasked. */
  readonly threshold: number;
  readonly rounds: number;
}

/** What all hospitals of a run, and the server, must have the same. */
export interface SharedNoise {
  readonly clipNorm: number;
  /** Divisor of the sum. */
  readonly expectedClients: number;
  readonly shares: NoiseShares;
  /** What a hospital's integers may be, at most, for sums of them with noise to be within 32 bits; >= the sensitivity. */
  readonly largestInteger: number;
  /** What a sum of integers spends under add-or-remove-one of whatever moves it by the sensitivity at most: a hospital. */
  readonly event: DpEvent;
}

/** L2 norm by which one unit moves the integers, at most: the same for updates of all sizes, which no plan tells for sure. */
export const sensitivity = 2 ** 14;
/** `granularityOf` refuses larger updates. */
const mostValues = 3 * sensitivity ** 2;
/** ln of how rarely a run has a sum that wraps: once in 2^40 runs at most. */
const logRareness = 40 * Math.LN2;
/** Twice the gap of a whole run may add this to epsilon: less than float64 can tell, and than accountants round up by. */
const mostGap = 2 ** -60;
/** The default of `quantize`. */
const rootOfTwoLogBeta = 1; // sqrt(2 ln(1/beta)), beta = e^-0.5
/** More than the few roundings on the way can take away. */
const roundedUp = 1 + 2 ** -40;

/**
 * The noise of a run, all checked before its first round. An event's price is that of one discrete Gaussian, and a sum of
 * shares is not quite one. With tau = `sharesTau` and d values this is covered twice:
 * - a share's variance is the next integer above sigma^2 / h, so that sensitivity / sqrt(h v) + tau sqrt(d) is at most
 *   sensitivity / sigma: the Renyi divergences of the sum are at most those of the event (ibid., proposition 14);
 * - for any accountant, the run's probabilities are within a factor e^g of the exact one's, g = d rounds tau, and 2 g is at
 *   most 2^-60 (see `epsilonWithShares` of kit-noise).
 *
 * @throws {FedwardError} ARGUMENT_INVALID naming what is out of range; CONFIG_INCOMPATIBLE naming `colluding` where nobody's
 *   noise is left, or `noiseMultiplier` where there is so little that the shares don't add up to a discrete Gaussian, or so
 *   much that 32 bits can't hold the sum
 */
export function sharedNoise(options: NoiseOptions, { sites, threshold, rounds }: NoisyRun): SharedNoise {
  const { clipNorm, noiseMultiplier, expectedClients, colluding = 0 } = options;
  assertThat(inFloat32Range(clipNorm), 'clipNorm', `clipNorm must be from 2^-100 to 2^100, got ${clipNorm}`);
  assertPositive('noiseMultiplier', noiseMultiplier);
  assertPositive('expectedClients', expectedClients);
  assertInteger('colluding', colluding);
  assertInteger('sites', sites, 1);
  assertInteger('threshold', threshold, 1, sites);
  assertInteger('rounds', rounds, 1);
  const honest = threshold - colluding;
  if (honest < 1)
    throw incompatible(
      `colluding is ${colluding}: with ${threshold} hospitals in a sum nobody's noise would be left`,
      'colluding',
    );
  const sigma = noiseMultiplier * sensitivity;
  const variance = Math.floor((sigma ** 2 / honest) * roundedUp) + 1;
  // A discrete Gaussian's tails are no heavier than the Gaussian's of that parameter (Canonne, Kamath and Steinke 2020).
  const tail = Math.sqrt(2 * sites * variance * (Math.log(2 * mostValues * rounds) + logRareness));
  const largestInteger = Math.floor((2 ** 31 - 1 - tail) / sites);
  if (!(largestInteger >= sensitivity))
    throw incompatible(
      `noiseMultiplier is ${noiseMultiplier}: the sum of ${sites} hospitals with it could pass 32 bits; use less`,
      'noiseMultiplier',
    );
  const shares = noiseShares(rational(BigInt(variance) * BigInt(honest)), honest);
  if (2 * mostValues * rounds * sharesTau(shares) > mostGap)
    throw incompatible(
      `noiseMultiplier is ${noiseMultiplier}: shares of it, one of ${honest} each, are too small to add up to a discrete ` +
        'Gaussian; use more, or no noise',
      'noiseMultiplier',
    );
  return {
    ...{ clipNorm, expectedClients, shares, largestInteger },
    event: { type: 'discrete-gaussian', sigma, sensitivity },
  };
}

/**
 * @param weights how the sum is weighted
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `privacy.unit` or `weights`, where the event would not be true
 */
export function assertNoisyPlan({ privacy }: Pick<Plan, 'privacy'>, weights: 'equal' | 'records'): void {
  if (privacy && privacy.unit !== 'hospital')
    throw incompatible(
      `noise on whole updates is for all the data of a hospital, privacy.unit is ${privacy.unit}: set it to hospital`,
      'privacy.unit',
    );
  if (weights !== 'equal')
    throw incompatible('under noise each hospital counts once: its number of records is not paid for. Set weights to equal', 'weights'); // prettier-ignore
}

/** What a noisy sum takes for granted, in words, beside what secure aggregation does. */
export function noiseAssumptions({ colluding = 0 }: Pick<NoiseOptions, 'colluding'>): string[] {
  return [
    'which hospitals take part in which rounds is public',
    colluding === 0
      ? 'each hospital in a sum adds its noise, and tells nobody what it drew'
      : `of the hospitals in a sum at most ${colluding} leave out their noise, or tell the server what they drew`,
  ];
}

/**
 * What an update looks like with noise: a word a value.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for an update of so many values that rounding would shorten it by half
 */
export function noisyForm({ layout: { size } }: TensorsForm): TensorsForm {
  granularityOf(1, size);
  return { layout: createLayout([{ name: 'values', shape: [size] }]), element: 'u32' };
}

/**
 * A hospital's values as words modulo 2^32, with its share of the noise: clipped, rounded at random, all anew until their
 * norm is within the sensitivity.
 *
 * @param values left as they are
 * @param source of the rounding and of the noise: secret, or the run is a simulation
 * @throws {FedwardError} UPDATE_NOT_FINITE for a NaN or an Infinity
 */
export function encodeNoisy(
  values: ElementArray,
  { clipNorm, shares }: SharedNoise,
  source: BitSource,
): Uint32Array<ArrayBuffer> {
  const numbers = values instanceof Uint32Array ? Float64Array.from(values) : values;
  const integers = quantize(numbers, quantizationOf(clipNorm, values.length), source);
  addDiscreteGaussian(integers, shares.sigmaSquared, source);
  return new Uint32Array(integers.buffer as ArrayBuffer);
}

/** @param sum words of `encodeNoisy`, added up modulo 2^32; left as they are */
export function decodeNoisy(sum: Uint32Array, { clipNorm, expectedClients }: SharedNoise): DecodedSum {
  const { granularity } = quantizationOf(clipNorm, sum.length);
  return { payload: dequantize(new Int32Array(sum), granularity), divisor: expectedClients };
}

function quantizationOf(clipNorm: number, dimension: number): Quantization {
  return { clipNorm, granularity: granularityOf(clipNorm, dimension), dimension };
}

/**
 * The finest steps with which integers are within the sensitivity D: C / c, with c the root of
 * c^2 + d/4 + sqrt(2 ln(1/beta)) (c + sqrt(d)/2) = D^2 (see `quantizedSensitivity`).
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where c would be less than half of D
 */
export function granularityOf(clipNorm: number, dimension: number): number {
  const rest = sensitivity ** 2 - dimension / 4 - (rootOfTwoLogBeta * Math.sqrt(dimension)) / 2;
  const c = (Math.sqrt(rootOfTwoLogBeta ** 2 + 4 * rest) - rootOfTwoLogBeta) / 2;
  if (!(c >= sensitivity / 2))
    throw incompatible(`an update of ${dimension} values is too large for noise under secure aggregation`, 'model');
  return (clipNorm / c) * roundedUp;
}
