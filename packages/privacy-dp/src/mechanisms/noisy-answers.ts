import { incompatible, isTrainingPlan, type DpEvent, type PrivacyMechanism } from '@fedward/core';
import * as z from 'zod';
import { noiseMultiplierOption, parseOptions } from '../options.js';
import { withNoise } from './site-noise.js';

/** Of `noisyAnswers`. */
export interface NoisyAnswersOptions {
  /** Standard deviation of the noise on an answer, over what one unit of the plan's privacy moves it at most; >= 0. */
  readonly noiseMultiplier: number;
}

/** The options of `noisy-answers`. */
export const noisyAnswersOptions = z.strictObject({
  noiseMultiplier: noiseMultiplierOption.describe(
    'standard deviation of the noise on an answer, over what one unit (privacy.unit) moves it at most',
  ),
});

const name = 'noisy-answers';

/**
 * Gaussian noise on what a query answers, at the site, before anything leaves (the Gaussian mechanism: Dwork and Roth
 * 2014, appendix A). Nobody else is trusted.
 *
 * **Sensitivity.** Nothing is clipped: the bound is the query's own, who says by which L2 norm all the records of one
 * unit, taken away, move its answer at most (`Query.sensitivity`). With that norm S and the noise multiplier z the noise
 * has the standard deviation z S, and a round is one Gaussian release with the noise multiplier z under add-or-remove-one.
 * A query that says nothing is refused, at the site, for the site alone knows what its query is.
 *
 * The answer keeps its element type, and the noise is drawn and added in float64. Words (u32) are refused. For what the
 * noise of floating-point numbers can give away see docs/security.md.
 *
 * With noise multiplier 0 the event is `non-private`.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function noisyAnswers(options: NoisyAnswersOptions, path = 'options'): PrivacyMechanism {
  const { noiseMultiplier } = parseOptions(noisyAnswersOptions, options, path, name);
  const event: DpEvent =
    noiseMultiplier === 0
      ? { type: 'non-private', reason: 'answers without noise (noise multiplier 0)' }
      : { type: 'gaussian', noiseMultiplier };
  return {
    name,
    requires: ['bounded-answers'],
    adjacency: 'add-or-remove-one',
    assumptions: ['one unit moves an answer by no more than the query says of itself'],
    validate(plan) {
      if (isTrainingPlan(plan))
        throw incompatible(
          `${name} is for the answers of queries, which say how far one unit moves them, and the plan trains a model: ` +
            'use dp-sgd, local or central',
          'privacy.mechanisms',
        );
    },
    event: () => event,
    onClient(update, { noise, sensitivity, plan }) {
      if (sensitivity === undefined || !(sensitivity >= 0 && sensitivity < Infinity))
        throw incompatible(
          `${name}: nothing bounds how far one ${plan.privacy?.unit ?? 'record'} moves the answer of the query ` +
            `(its sensitivity is ${String(sensitivity)})`,
          'query',
        );
      return withNoise(update, noise, noiseMultiplier * sensitivity, name);
    },
  };
}
