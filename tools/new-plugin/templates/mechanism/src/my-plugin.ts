import {
  float32Schema,
  FedwardError,
  incompatible,
  inFloat32Range,
  type PrivacyMechanism,
  type Update,
} from '@fedward/core';
import * as z from 'zod';

/** The options of `my-plugin`. */
export const myPluginOptions = z
  .strictObject({
    clipNorm: float32Schema.describe("bound of a site's update: L2 norm over all tensors together, > 0"),
    noiseMultiplier: z
      .number()
      .positive()
      .describe('standard deviation of the noise on the update, over its sensitivity, which is 2 clipNorm; > 0'),
  })
  .refine(({ clipNorm, noiseMultiplier }) => inFloat32Range(noiseMultiplier * clipNorm), {
    path: ['noiseMultiplier'],
    error: 'times clipNorm must be from 2^-100 to 2^100: beyond, float32 rounds the noise away',
  });

/** Of `myPluginMechanism`. */
export type MyPluginOptions = z.output<typeof myPluginOptions>;

/**
 * Clips a whole update to C at the site and adds Gaussian noise of standard deviation 2 z C before anything leaves (the
 * Gaussian mechanism: Dwork and Roth 2014, appendix A). Nobody else is trusted.
 *
 * **Sensitivity.** Nothing is known of how a record moves a training's result. But a clipped update is in a ball of radius
 * C, and two points of it are at most 2 C apart, so that under replace-one a round is one Gaussian release with the noise
 * multiplier z, for a record, a patient and a hospital alike.
 */
export function myPluginMechanism({ clipNorm, noiseMultiplier }: MyPluginOptions): PrivacyMechanism {
  return {
    name: 'my-plugin',
    requires: [],
    protects: 'what leaves a site',
    adjacency: 'replace-one',
    // Known before the round: it hangs on options alone, never on data.
    event: () => ({ type: 'gaussian', noiseMultiplier }),
    onClient(update, { noise }) {
      const values = clipped(update, clipNorm);
      noise.addGaussian(values, 2 * noiseMultiplier * clipNorm);
      const { layout } = update.payload;
      const narrow = update.payload.values instanceof Float32Array;
      return { ...update, payload: { layout, values: narrow ? Float32Array.from(values) : values } };
    },
  };
}

/** Room for rounding, so that what is clipped is never longer than the norm. */
const room = 1 - 2 ** -40;

/**
 * The update's numbers in float64, of a norm of at most `clipNorm`.
 * @throws {FedwardError} UPDATE_NOT_FINITE naming the client; CONFIG_INCOMPATIBLE for words (u32), which noise means nothing to
 */
function clipped({ clientId, payload }: Update, clipNorm: number): Float64Array {
  if (payload.values instanceof Uint32Array)
    throw incompatible('my-plugin acts on numbers, and the update is of 32-bit words', 'privacy.mechanisms');
  const values = Float64Array.from(payload.values);
  const norm = Math.sqrt(values.reduce((squares, x) => squares + x * x, 0));
  if (!Number.isFinite(norm))
    throw new FedwardError('UPDATE_NOT_FINITE', `the update of ${clientId} has no finite norm`, clientId);
  return norm <= clipNorm ? values : values.map((x) => x * (clipNorm / norm) * room);
}
