import {
  assertInteger,
  assertPositive,
  assertThat,
  FedwardError,
  type AccountantFactory,
  type Adjacency,
  type DpEvent,
} from '@fedward/core';
import { assertDelta } from './delta.js';
import { analyticGaussianNoiseMultiplier } from './gaussian-profile.js';
import { stepsEvent, type Noise, type Sampling } from './events.js';
import { greatestWithin } from '../numeric/index.js';

interface Target {
  /** Nats, > 0. */
  readonly epsilon: number;
  /** In (0, 1). */
  readonly delta: number;
  readonly accountant: AccountantFactory;
  /** Default: add-or-remove-one. */
  readonly adjacency?: Adjacency;
}

/** `steps`: over the whole run, >= 1. Sampling that draws nobody is refused: it needs no noise. */
export type CalibrationTarget = Target & Sampling & Omit<Noise, 'noiseMultiplier'> & { readonly steps: number };

/** The noise is given, > 0, and the steps are sought. */
export type StepsTarget = Target & Sampling & Noise;

const range = { minimum: 1e-4, maximum: 1e6, relativeTolerance: 1e-6 };
const mostSteps = 1e9;

/**
 * The least noise multiplier, to 1e-6 relative, with which so many steps of DP-SGD, or of another mechanism, stay
 * within an epsilon. What the accountant says of the multiplier returned never exceeds the target. It is relative to
 * the sensitivity of the adjacency: under replace-one, noise of standard deviation 2 z C goes with a multiplier of z.
 *
 * It asks the accountant ten times or so, at worst a few times more than bisection would.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range; EVENT_UNSUPPORTED where the accountant can't
 * price these steps; CALIBRATION_IMPOSSIBLE where no multiplier from 1e-4 to 1e6 is the least
 */
export function calibrateNoiseMultiplier(target: CalibrationTarget): number {
  const { epsilon, delta, steps, accountant, adjacency, ...step } = target;
  assertInteger('steps', steps, 1);
  const price = priceAgainst(target);
  const eventWith = (noiseMultiplier: number): DpEvent => stepsEvent({ ...step, noiseMultiplier, steps });

  // Epsilon grows with 1/z, so that is what is sought. The multiplier handed out is the very one that was priced.
  const multiplier = (inverse: number): number => Math.min(range.maximum, Math.max(range.minimum, 1 / inverse));
  const { minimum, maximum, relativeTolerance } = range;
  const found = greatestWithin((inverse) => price.excess(eventWith(multiplier(inverse))), {
    guess: 1 / guessNoise(target, steps),
    minimum: 1 / maximum,
    maximum: 1 / minimum,
    relativeTolerance,
  });
  if (found === undefined)
    throw impossible(
      `accountant ${price.accountant} can't prove epsilon ${epsilon} at delta ${delta} for ${steps} steps with ` +
        `${describeSampling(target)}: with noise multiplier ${maximum} it still says ${price.spent(eventWith(maximum))}`,
    );
  if (multiplier(found) === minimum)
    throw impossible(
      `epsilon ${epsilon} at delta ${delta} holds almost without noise: with noise multiplier ${minimum} ` +
        `accountant ${price.accountant} says ${price.spent(eventWith(minimum))}, so there is nothing to calibrate`,
    );
  return multiplier(found);
}

/**
 * The most steps with this noise that stay within an epsilon. What the accountant says of the number returned does
 * not exceed the target, of one more step it does.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range; EVENT_UNSUPPORTED where the accountant can't
 * price these steps; CALIBRATION_IMPOSSIBLE where one step is too many, or 1e9 are not
 */
export function calibrateSteps(target: StepsTarget): number {
  const { epsilon, delta, accountant, adjacency, ...step } = target;
  assertPositive('noiseMultiplier', step.noiseMultiplier);
  const price = priceAgainst(target);
  const found = greatestWithin((steps) => price.excess(stepsEvent({ ...step, steps })), {
    guess: guessSteps(target, step.noiseMultiplier),
    minimum: 1,
    maximum: mostSteps,
    relativeTolerance: 0,
    whole: true,
  });
  const what = `with noise multiplier ${step.noiseMultiplier} and ${describeSampling(target)}`;
  if (found === undefined)
    throw impossible(
      `${what} accountant ${price.accountant} says that one step alone spends ` +
        `${price.spent(stepsEvent({ ...step, steps: 1 }))} at delta ${delta}, more than epsilon ${epsilon}`,
    );
  if (found === mostSteps)
    throw impossible(
      `${what} ${mostSteps} steps stay within epsilon ${epsilon} at delta ${delta}, so there is nothing to calibrate`,
    );
  return found;
}

/** Prices events against the target: `excess` is ln(epsilon / target), above 0 where the target is passed. */
function priceAgainst(target: Target & Sampling) {
  const { epsilon, delta, accountant, adjacency = 'add-or-remove-one' } = target;
  assertPositive('epsilon', epsilon);
  assertDelta(delta);
  const { samplingProbability, sampleSize } = target;
  if (samplingProbability !== undefined)
    assertThat(samplingProbability > 0, 'samplingProbability', 'samplingProbability must be above 0');
  else assertThat(sampleSize > 0, 'sampleSize', 'sampleSize must be above 0');

  const fresh = accountant(adjacency);
  const spent = (event: DpEvent): number => fresh.preview(event, delta);
  // Above 0 exactly where the target is passed: the quotient of two unequal doubles does not round to 1.
  const excess = (event: DpEvent): number => Math.log(spent(event) / epsilon);
  return { accountant: fresh.name, spent, excess };
}

/**
 * Where to begin: the central limit theorem of privacy, by which T sampled Gaussian steps are about one Gaussian of
 * mu = q sqrt(T (e^(1/z^2) - 1)), or sqrt(T) / z without sampling (Bu, Dong, Long and Su 2020, Deep learning with
 * Gaussian differential privacy). Nothing rests on it but the number of evaluations.
 */
function guessNoise(target: Target & Sampling, steps: number): number {
  const [q, mu] = [samplingRate(target), targetMu(target)];
  return q === 1 ? Math.sqrt(steps) / mu : 1 / Math.sqrt(Math.log1p(mu ** 2 / (q * q * steps)));
}

function guessSteps(target: Target & Sampling, noiseMultiplier: number): number {
  const [q, mu] = [samplingRate(target), targetMu(target)];
  const perStep = q === 1 ? 1 / noiseMultiplier ** 2 : q * q * Math.expm1(1 / noiseMultiplier ** 2);
  return mu ** 2 / perStep;
}

/** The one Gaussian release that the target allows. */
function targetMu({ epsilon, delta }: Target): number {
  return 1 / analyticGaussianNoiseMultiplier(epsilon, delta);
}

function samplingRate({ samplingProbability, sampleSize, population }: Sampling): number {
  return samplingProbability ?? sampleSize / population;
}

function describeSampling({ samplingProbability, sampleSize, population }: Sampling): string {
  return samplingProbability === undefined
    ? `${sampleSize} of ${population} records drawn each`
    : `sampling probability ${samplingProbability}`;
}

function impossible(message: string): FedwardError {
  return new FedwardError('CALIBRATION_IMPOSSIBLE', message, 'epsilon');
}
