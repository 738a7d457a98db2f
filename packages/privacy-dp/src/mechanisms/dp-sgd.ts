import type { GradientPrivacy, Plan, PrivacyMechanism } from '@fedward/core';
import { assertGradientPrivacy } from '@fedward/core/training';
import * as z from 'zod';
import { dpSgdEvent } from '../accounting/index.js';
import { clipNormOption, noiseDoesNotFit, noiseFits, noiseMultiplierOption, parseOptions } from '../options.js';
import { requireBatches, assertSeparateLosses, requireTraining, assertUnit } from './plan-checks.js';

/** Of `dpSgd`. */
export interface DpSgdOptions {
  /** Bound of the gradient of one record or one patient: L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum of clipped gradients, over `clipNorm`; >= 0. */
  readonly noiseMultiplier: number;
}

/** The options of `dp-sgd`. */
export const dpSgdOptions = z
  .strictObject({
    clipNorm: clipNormOption.describe('bound of the gradient of one record or patient: L2 norm over all parameters'),
    noiseMultiplier: noiseMultiplierOption.describe("standard deviation of the noise on a step's sum, over clipNorm"),
  })
  .refine(noiseFits, noiseDoesNotFit);

const name = 'dp-sgd';
const fix =
  'use {kind: poisson, probability, steps, expectedSize}; for shuffled partitions no amplification by sampling is claimed';

/**
 * DP-SGD at each site (Abadi et al. 2016, algorithm 1): every step draws a Poisson batch, clips each example's
 * gradient, sums, adds Gaussian noise and divides by the expected batch size, a public constant. One record moves
 * the sum by at most `clipNorm`, so a step is a Poisson-sampled Gaussian release with this noise multiplier under
 * add-or-remove-one.
 *
 * With `privacy.unit: patient` a patient stands where a record does (McMahan et al. 2018, "Learning differentially
 * private recurrent language models", sections 2 and 3.1, with a patient for their user and a gradient for their update):
 * all the records of a patient are drawn together or not at all, their gradients are summed and this sum is clipped once.
 * Adding or removing all the records of a patient then moves the sum by at most `clipNorm`, however many they are, and
 * the event is the same. `expectedSize` divides a sum of one term a patient: it is the expected number of patients in a
 * batch.
 *
 * With noise multiplier 0 the event is `non-private`: no finite epsilon is stated.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function dpSgd(options: DpSgdOptions, path = 'options'): PrivacyMechanism {
  const { clipNorm, noiseMultiplier } = parseOptions(dpSgdOptions, options, path, name);
  const trainingOf = (plan: Plan) => requireTraining(plan, name, 'protects the gradients of a training');
  const batchesOf = (plan: Plan) => requireBatches(trainingOf(plan), 'poisson', name, fix);
  const privacy: GradientPrivacy = { clip: 'per-example', clipNorm, noiseMultiplier };
  return {
    name,
    requires: [],
    adjacency: 'add-or-remove-one',
    validate(plan) {
      assertSeparateLosses(trainingOf(plan), name); // first: no batches would mend it
      batchesOf(plan);
      assertUnit(plan, ['record', 'patient'], name);
      assertGradientPrivacy(privacy, trainingOf(plan));
    },
    gradient: () => privacy,
    event({ plan }) {
      const { probability, steps } = batchesOf(plan);
      return dpSgdEvent({ samplingProbability: probability, noiseMultiplier, steps });
    },
  };
}
