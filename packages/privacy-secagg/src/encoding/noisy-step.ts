import {
  createLayout,
  FedwardError,
  incompatible,
  isTrainingPlan,
  type DpEvent,
  type ElementArray,
  type GradientPrivacy,
  type Plan,
  type TensorsForm,
} from '@fedward/core';
import { assertGradientPrivacy } from '@fedward/core/training';
import { addDiscreteGaussian, dequantize, type BitSource } from '@fedward/kit-noise';
import type { DecodedSum } from './fixed-point.js';
import { sensitivity, type SharedNoise } from './noise.js';
import { roundAtRandom } from './rounding.js';

/**
 * Differential privacy of records, or of patients, by noise that nobody holds alone: DP-SGD (Abadi et al. 2016, algorithm 1)
 * with the noise in the sum over hospitals, so that a round is one step.
 *
 * **What one unit moves.** A hospital draws a Poisson batch, and its update is -learningRate / expectedSize times the sum of
 * gradients that are clipped to C each. One record more or less moves that by learningRate C / expectedSize at most, in
 * exact arithmetic; `reach` has room for float32 beside that (below).
 *
 * **What it moves of the integers.** Values are divided by gamma and rounded at random. For each draw that is a step
 * function that never falls, and of x + 1 is one more than of x: two values that are x apart are less than x + 1 apart in
 * integers. So are those of d values reach / gamma + sqrt(d) apart in L2, at most, given the draws. The cut at
 * `largestInteger` brings nothing further apart. gamma makes that bound the sensitivity of the event.
 *
 * **Price.** Given the draws and who else is in the batch, a round is the noise with a shift by integers or without it, on
 * a Poisson sample. Noise that is a sum of shares is symmetric as the discrete Gaussian is, and is covered as in `sharedNoise`.
 *
 * **float32.** 1/64 of what a unit moves is kept free for the sum of gradients: the worst rounding of up to 350 of them (of
 * n: 2 n^2 + 14 n times 2^-24). As much is kept free for the weights, to which the step is added, and from which it is
 * subtracted again: each rounds by 2^-24 of itself at most. Models for which that is not enough are refused: they are
 * public, so a refusal says nothing of the records.
 */
export interface NoisyStep {
  readonly noise: SharedNoise;
  /** What the trainer must do: clip, and add nothing. */
  readonly gradient: GradientPrivacy;
  /** L2 norm by which one unit moves a hospital's update, at most. */
  readonly reach: number;
  /** What one round spends of each hospital in it, under add-or-remove-one of a unit. */
  readonly event: DpEvent;
}

/**
 * What an aggregator must provide beside it: sites that send their change of the model by this round's training, and nothing
 * else. What a strategy adds of its own from earlier rounds, such as a correction, was in no noise.
 */
export const requiredOfAggregator = 'plain-changes';

/** Of what a unit moves, for each of the two kinds of rounding. */
const keptFree = 1 / 64;
/** The reciprocal of gamma, and a product with it, are rounded: by less than 2^-20 for integers of 32 bits. */
const mostRounding = 1 + 2 ** -20;

/**
 * @param weights how the sum is weighted
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the key, for a plan under which the event would not be true
 */
export function noisyStep(noise: SharedNoise, plan: Plan, weights: 'equal' | 'records'): NoisyStep {
  if (!isTrainingPlan(plan))
    throw refusal(`it is for the gradients of a training, and the work is the query ${plan.query.name}`, 'query');
  const { privacy, training } = plan;
  const { batches, optimizer } = training;
  if (privacy?.unit === 'hospital')
    throw refusal('it is for a record or a patient, privacy.unit is hospital', 'privacy.unit');
  if (weights !== 'equal') throw refusal('each hospital counts once: set weights to equal', 'weights');
  const gradient: GradientPrivacy = { clip: 'per-example', clipNorm: noise.clipNorm, noiseMultiplier: 0 };
  assertGradientPrivacy(gradient, plan);
  if (batches.kind !== 'poisson' || batches.steps !== 1)
    throw refusal(
      'the noise is in the sum of a round, so a round is one step: set training.batches to {kind: poisson, steps: 1, ' +
        'probability, expectedSize}',
      'training.batches.steps',
    );
  if (optimizer.name !== 'sgd')
    throw refusal(
      `one record moves a step of ${optimizer.name} by more than its clipped gradient: set it to sgd`,
      'training.optimizer.name',
    );
  const { probability: samplingProbability, expectedSize } = batches;
  const moved = (optimizer.learningRate * noise.clipNorm) / expectedSize;
  if (!(moved >= 2 ** -100 && moved <= 2 ** 100))
    throw refusal(`one record moves the update by ${moved}, float32 can't hold to that`, 'training.optimizer.learningRate'); // prettier-ignore
  return {
    ...{ noise, gradient, reach: moved * (1 + 2 * keptFree) },
    event:
      samplingProbability === 1 ? noise.event : { type: 'poisson-sampled', samplingProbability, event: noise.event },
  };
}

/** What a noisy step takes for granted, in words, beside what the noise does. */
export const stepAssumptions: readonly string[] = [
  'sums of clipped gradients are rounded by float32 no worse than any of 350 gradients can be',
  "who is in a hospital's batch is known to nobody",
];

/**
 * What an update looks like: a word a value.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for an update of so many values that rounding would take half of the sensitivity
 */
export function stepForm({ layout: { size } }: TensorsForm): TensorsForm {
  granularityOf(1, size);
  return { layout: createLayout([{ name: 'values', shape: [size] }]), element: 'u32' };
}

/**
 * A hospital's step as words modulo 2^32, with its share of the noise.
 *
 * @param values what the training changed, left as they are
 * @param sent the weights that it started from
 * @param source of the rounding and of the noise: secret, or the run is a simulation
 * @throws {FedwardError} TASK_INVALID for weights so large that float32 rounds more of a step than is kept free for it;
 *   UPDATE_NOT_FINITE for a NaN or an Infinity
 */
export function encodeStep(
  values: ElementArray,
  sent: ElementArray,
  { noise: { shares, largestInteger }, reach }: NoisyStep,
  source: BitSource,
): Uint32Array<ArrayBuffer> {
  const most = (reach / (1 + 2 * keptFree)) * keptFree * 2 ** 23;
  const norm = normOf(sent);
  if (!(norm <= most))
    throw new FedwardError(
      'TASK_INVALID',
      `the model that was sent has the norm ${norm}: float32 would round away too much of a step in which one record moves ` +
        `${reach}; that is priced up to a norm of ${most}`,
      'payload',
    );
  const perStep = 1 / granularityOf(reach, values.length);
  const integers = new Int32Array(values.length);
  for (let i = 0; i < integers.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value))
      throw new FedwardError('UPDATE_NOT_FINITE', 'values has a NaN or an Infinity', 'values');
    integers[i] = roundAtRandom(Math.max(-largestInteger, Math.min(largestInteger, value * perStep)), source);
  }
  addDiscreteGaussian(integers, shares.sigmaSquared, source);
  return new Uint32Array(integers.buffer);
}

/** @param sum words of `encodeStep`, added up modulo 2^32; left as they are */
export function decodeStep(sum: Uint32Array, { noise, reach }: NoisyStep): DecodedSum {
  const payload = dequantize(new Int32Array(sum), granularityOf(reach, sum.length));
  return { payload, divisor: noise.expectedClients };
}

/** gamma, with reach / gamma + sqrt(d) = sensitivity. */
function granularityOf(reach: number, dimension: number): number {
  const steps = sensitivity - Math.sqrt(dimension) * mostRounding;
  if (!(steps >= sensitivity / 2))
    throw refusal(`an update of ${dimension} values is too large: their rounding would be half of what is hidden`, 'model'); // prettier-ignore
  return (reach / steps) * (1 + 2 ** -40);
}

/** L2 norm of float32 weights, whose squares are within float64; NaN or Infinity where one of them is. */
function normOf(values: ElementArray): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares);
}

function refusal(message: string, subject: string): FedwardError {
  return incompatible(`noise under secure aggregation, in steps: ${message}`, subject);
}
