import type { GradientPrivacy, Plan, PrivacyMechanism } from '@fedward/core';
import { assertGradientPrivacy } from '@fedward/core/training';
import * as z from 'zod';
import { clipNormOption, parseOptions } from '../options.js';
import { requireBatches, requireTraining, assertUnit } from './plan-checks.js';

/** Of `tutorial041`. */
export interface Tutorial041Options {
  /** What the tutorial puts into its formula, nats, > 0. Not what is spent. */
  readonly epsilon: number;
  /** What the tutorial puts into its formula, in (0, 1); it has 1e-5. */
  readonly delta: number;
  /** Bound of a batch's mean gradient: L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
}

/** The options of `tutorial-041`. */
export const tutorial041Options = z.strictObject({
  epsilon: z
    .number()
    .positive()
    .describe("what goes into the tutorial's formula, and what it claims; not what is spent"),
  delta: z.number().gt(0).lt(1).describe("what goes into the tutorial's formula; it has 1e-5"),
  clipNorm: clipNormOption.describe("bound of a batch's mean gradient: L2 norm over all parameters together"),
});

const name = 'tutorial-041';
const fix = 'use {kind: shuffle, size, epochs}, as the tutorial does; for Poisson batches there is dp-sgd';
const note =
  'the claim of tutorial 041. It takes the sensitivity of a step to be clipNorm / batch size, but it clips the mean ' +
  'gradient of a batch, which one record can move by 2 clipNorm; and it counts one step, not all. See epsilon for ' +
  'what is spent';

/**
 * The differential privacy of tutorial 041 as it runs, for comparison and teaching, with what it truly spends.
 *
 * A step clips the mean gradient of a batch to C and adds noise of standard deviation
 * sigma = C sqrt(2 ln(1.25/delta)) / epsilon / B, with B the size of the batch. (The tutorial scales by
 * C / (norm + 1e-7), this by `clipFactor` of core: both leave a norm of at most C, all that the price rests on.)
 *
 * **Sensitivity.** Nothing bounds one record's gradient before the mean is taken. If it is large against the sum of
 * the others, it decides the direction of the mean alone, and the clipped mean is about C times that direction: two
 * values of one record can give opposite directions, 2C apart, and no two points of the ball of radius C are
 * further apart. So the sensitivity under replace-one is 2C, not C/B, and the noise multiplier is
 * z = sigma / (2C) = sqrt(2 ln(1.25/delta)) / (2 epsilon B).
 *
 * **Participations.** An epoch is a partition, drawn independently of the data: a replaced record is in one batch an
 * epoch, and the other batches are the same function of what was released before. So an epoch is one Gaussian
 * release, without amplification by sampling. With epsilon 1, delta 1e-5, B = 32 and 30 rounds of 3 epochs:
 * z = 0.0757, 90 releases, epsilon = 8386.2.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function tutorial041(options: Tutorial041Options, path = 'options'): PrivacyMechanism {
  const { epsilon, delta, clipNorm } = parseOptions(tutorial041Options, options, path, name);
  const noiseMultiplier = Math.sqrt(2 * Math.log(1.25 / delta)) / epsilon;
  const trainingOf = (plan: Plan) => requireTraining(plan, name, 'protects the gradients of a training');
  const batchesOf = (plan: Plan) => requireBatches(trainingOf(plan), 'shuffle', name, fix);
  const privacy: GradientPrivacy = { clip: 'batch-mean', clipNorm, noiseMultiplier };
  return {
    name,
    requires: [],
    adjacency: 'replace-one',
    claims: { epsilon, delta, note },
    validate(plan) {
      batchesOf(plan);
      assertUnit(plan, ['record'], name);
      assertGradientPrivacy(privacy, trainingOf(plan));
    },
    gradient: () => privacy,
    event({ plan }) {
      const { size, epochs } = batchesOf(plan);
      // The last batch of an epoch, or a site with fewer records than `size`, has b < size records: its noise is
      // larger (sigma goes with 1/b), its sensitivity 2C all the same. A full batch has the least noise, so its
      // multiplier bounds what any batch costs, wherever the record lands.
      return {
        type: 'repeated',
        event: { type: 'gaussian', noiseMultiplier: noiseMultiplier / (2 * size) },
        count: epochs,
      };
    },
  };
}
