import { createParameters, float32Schema, type DpEvent, type PrivacyMechanism } from '@fedward/core';
import * as z from 'zod';
import { noiseDoesNotFit, noiseFits, parseOptions } from '../options.js';
import { clipUpdate } from './update-clipping.js';

/** Of `local`. */
export interface LocalOptions {
  /** Bound of a hospital's change of the model in a round: L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the change, over its sensitivity, which is 2 `clipNorm`; >= 0. */
  readonly noiseMultiplier: number;
}

const optionsSchema = z
  .strictObject({
    clipNorm: float32Schema,
    noiseMultiplier: z.number().nonnegative(),
  })
  .refine(noiseFits, noiseDoesNotFit);

const name = 'local';

/**
 * Local differential privacy for a whole update: the site clips its change of the model to C and adds Gaussian noise of
 * standard deviation 2 z C before anything leaves. Nobody else is trusted.
 *
 * **Sensitivity.** Of training nothing is known: one record may turn the whole change round. Whatever the data are, the
 * clipped change is in the ball of radius C, and two points of it are at most 2C apart. So under replace-one the
 * sensitivity is 2C for a record, for a patient and for all the data of a hospital alike, and a round is one Gaussian
 * release with the noise multiplier z. (A removed record leaves a change that is clipped as well, not 0: under
 * add-or-remove-one of a record it would be 2C too.)
 *
 * With noise multiplier 0 the event is `non-private`.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function local(options: LocalOptions, path = 'options'): PrivacyMechanism {
  const { clipNorm, noiseMultiplier } = parseOptions(optionsSchema, options, path, name);
  const event: DpEvent =
    noiseMultiplier === 0
      ? { type: 'non-private', reason: 'updates without noise (noise multiplier 0)' }
      : { type: 'gaussian', noiseMultiplier };
  return {
    name,
    requires: [],
    adjacency: 'replace-one',
    event: () => event,
    onClient(trained, { sent, noise }) {
      const { update } = clipUpdate(trained, sent, clipNorm);
      const { layout, values } = update.payload;
      const noisy = Float64Array.from(values);
      noise.addGaussian(noisy, 2 * noiseMultiplier * clipNorm);
      return { ...update, payload: createParameters(layout, Float32Array.from(noisy)) };
    },
  };
}
