import { FedwardError, float32Schema, type DpEvent, type PrivacyMechanism } from '@fedward/core';
import * as z from 'zod';
import {
  clipNormOption,
  expectedClientsOption,
  noiseDoesNotFit,
  noiseFits,
  noiseMultiplierOption,
  parseOptions,
} from '../options.js';
import { adaptiveClipping, adaptiveClippingSchema, type AdaptiveClippingOptions } from './adaptive-clipping.js';
import { assertUnit } from './plan-checks.js';
import { releaseMean } from './server-release.js';
import { clipUpdate } from './update-clipping.js';

/** Of `central`. */
export interface CentralOptions {
  /** Bound of a hospital's update in a round, such as its change of the model: L2 norm over all tensors together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum of updates, over `clipNorm`; >= 0. */
  readonly noiseMultiplier: number;
  /** Divisor of the sum: how many hospitals are expected in a round, a public constant > 0. */
  readonly expectedClients: number;
  /** Let the clip norm follow a quantile of the norms; `clipNorm` is then that of round 0. */
  readonly adaptive?: AdaptiveClippingOptions;
}

/** What moves from round to round with adaptive clipping. */
type CentralState = { readonly clipNorm: number };

/** The options of `central`. */
export const centralOptions = z
  .strictObject({
    clipNorm: clipNormOption.describe("bound of a hospital's update: L2 norm over all tensors together"),
    noiseMultiplier: noiseMultiplierOption.describe(
      'standard deviation of the noise on the sum of updates, over clipNorm',
    ),
    expectedClients: expectedClientsOption,
    adaptive: adaptiveClippingSchema.optional().describe('let the clip norm follow a quantile of the norms'),
  })
  .refine(noiseFits, noiseDoesNotFit);
const toldSchema = z.strictObject({ clipNorm: float32Schema });

const name = 'central';

/**
 * Differential privacy of hospitals, by a server that they trust (DP-FedAvg: McMahan et al. 2018, algorithm 1, with the
 * fixed divisor of section 3.1): a hospital's update, such as its change of the model, is clipped to C, at the site and
 * again by the server, which trusts no client to do it; the updates are summed, each once; noise of standard deviation z C
 * is added and the sum divided by a public constant.
 *
 * All the data of one hospital are in one clipped term. Without them the term is 0, so that under add-or-remove-one of a
 * hospital the sum moves by C at most, and a round is a Gaussian release with the noise multiplier z. A hospital is
 * charged for the rounds that it is asked in, and is in one sum at most for each of them, whenever its update comes in. For cohorts drawn at random no amplification is claimed: who took part
 * stands in the log.
 *
 * With `adaptive` the clip norm follows a quantile of the norms (`adaptiveClipping`). The server sees from a norm whether
 * it is within C, so what leaves a site is then clipped to 2 C.
 *
 * Under a query plan the same holds of the answers, which are shortened as well: an answer longer than C loses what it
 * says of how much there is. Answers in 32-bit words are refused.
 *
 * With noise multiplier 0 the event is `non-private`.
 *
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function central(options: CentralOptions, path = 'options'): PrivacyMechanism<CentralState> {
  const { clipNorm, noiseMultiplier, expectedClients, adaptive } = parseOptions(centralOptions, options, path, name);
  const event: DpEvent =
    noiseMultiplier === 0
      ? { type: 'non-private', reason: 'updates without noise (noise multiplier 0)' }
      : { type: 'gaussian', noiseMultiplier };
  const common = {
    name,
    requires: ['bounded-sensitivity', 'individual-updates'],
    protects: 'what leaves the server',
    adjacency: 'add-or-remove-one',
    assumptions: [
      "the server is trusted: it sees each hospital's clipped update, and adds the noise",
      'which hospitals take part in which rounds is public',
    ],
    validate: (plan) => assertUnit(plan, ['hospital'], name),
    event: () => event,
  } satisfies PrivacyMechanism;
  if (!adaptive)
    return {
      ...common,
      onClient: (update) => clipUpdate(update, clipNorm, name).update,
      onReceive: (update) => ({ ...clipUpdate(update, clipNorm, name).update, weight: 1 }),
      reach: () => ({
        share: Math.min(1, 1 / expectedClients),
        most: clipNorm / expectedClients,
        because: `${name} clips each update to ${clipNorm} at the server and divides the sum by ${expectedClients}`,
      }),
      onRelease: (aggregate, { noise }) =>
        releaseMean(aggregate, expectedClients, (sum) => noise.addGaussian(sum, noiseMultiplier * clipNorm)),
    };

  const clipping = adaptiveClipping(adaptive, noiseMultiplier, expectedClients);
  if (!clipping) {
    const key = `${path}.adaptive.countNoise`;
    throw new FedwardError('CONFIG_INVALID', `${key} must be more than half of the noise multiplier`, key);
  }
  return {
    ...common,
    init: () => ({ clipNorm }),
    instruct: ({ state }) => ({ clipNorm: state.clipNorm }),
    onClient: (update, { told }) =>
      clipUpdate(update, 2 * parseOptions(toldSchema, told, 'forMechanisms.central', name).clipNorm, name).update,
    onReceive(received, { state }) {
      const { update, norm } = clipUpdate(received, state.clipNorm, name);
      return { ...update, weight: 1, tally: norm <= state.clipNorm ? 0.5 : -0.5 };
    },
    onRelease(aggregate, { state, noise, tally }) {
      const count = Float64Array.of(tally);
      noise.addGaussian(count, clipping.countNoise);
      const released = releaseMean(aggregate, expectedClients, (sum) =>
        noise.addGaussian(sum, clipping.noiseMultiplier * state.clipNorm),
      );
      return { ...released, state: { clipNorm: clipping.next(state.clipNorm, count[0]!) } };
    },
  };
}
