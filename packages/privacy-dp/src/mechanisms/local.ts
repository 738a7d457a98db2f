import type { DpEvent, PrivacyMechanism } from '@fedward/core';
import * as z from 'zod';
import { clipNormOption, noiseDoesNotFit, noiseFits, noiseMultiplierOption, parseOptions } from '../options.js';
import { withNoise } from './site-noise.js';
import { clipUpdate } from './update-clipping.js';

/** Of `local`. */
export interface LocalOptions {
  /** Bound of a hospital's update in a round, such as its change of the model: L2 norm over all tensors together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the update, over its sensitivity, which is 2 `clipNorm`; >= 0. */
  readonly noiseMultiplier: number;
}

/** The options of `local`. */
export const localOptions = z
  .strictObject({
    clipNorm: clipNormOption.describe("bound of a hospital's update: L2 norm over all tensors together"),
    noiseMultiplier: noiseMultiplierOption.describe('standard deviation of the noise on the update, over 2 clipNorm'),
  })
  .refine(noiseFits, noiseDoesNotFit);

const name = 'local';

/**
 * Local differential privacy for a whole update: the site clips its update, such as its change of the model, to C and
 * adds Gaussian noise of standard deviation 2 z C before anything leaves. Nobody else is trusted.
 *
 * **Sensitivity.** Of training nothing is known, and of a query nothing is asked: one record may turn the whole update round. Whatever the data are, the
 * clipped update is in the ball of radius C, and two points of it are at most 2C apart. So under replace-one the
 * sensitivity is 2C for a record, for a patient and for all the data of a hospital alike, and a round is one Gaussian
 * release with the noise multiplier z. (A removed record leaves an update that is clipped as well, not 0: under
 * add-or-remove-one of a record it would be 2C too.)
 *
 * A query that bounds what one unit moves needs far less noise with `noisy-answers`. Answers in 32-bit words are refused.
 *
 * With noise multiplier 0 the event is `non-private`.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function local(options: LocalOptions, path = 'options'): PrivacyMechanism {
  const { clipNorm, noiseMultiplier } = parseOptions(localOptions, options, path, name);
  const event: DpEvent =
    noiseMultiplier === 0
      ? { type: 'non-private', reason: 'updates without noise (noise multiplier 0)' }
      : { type: 'gaussian', noiseMultiplier };
  return {
    name,
    requires: [],
    adjacency: 'replace-one',
    event: () => event,
    onClient(given, { noise }) {
      const { update } = clipUpdate(given, clipNorm, name);
      return withNoise(update, noise, 2 * noiseMultiplier * clipNorm, name);
    },
  };
}
