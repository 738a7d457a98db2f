import { digestTensors, FedwardError, parseWith, Random, type NoiseSource, type PrivacyMechanism } from '@fedward/core'; // prettier-ignore
import { SecureBits, SeededBits, type BitSource } from '@fedward/kit-noise';
import { addStream } from './crypto/words.js';
import { encodingOf } from './encoding/encoding.js';
import { secureAggregationOptions, type SecureAggregationOptions } from './options.js';
import { givenIdentities, simulatedIdentities } from './protocol/identities.js';
import { ServerHalf } from './protocol/server.js';
import { SiteHalf } from './protocol/site.js';

/** What is a site's own, and in no plan. */
export interface SiteIdentity {
  /** The secret Ed25519 key (32 bytes, the seed of RFC 8032) of a site that runs here. */
  readonly identity?: (clientId: string) => Uint8Array | undefined;
}

const name = 'secagg';

/**
 * Secure aggregation: the server learns the sum of the sites' updates and nothing else of them, also where some fall
 * silent. Each pair of sites shares a stream of words that cancels in the sum, each site adds one of its own, and shares of
 * all secrets lie with the others, t of whom take off what is left (Bonawitz, Ivanov, Kreuter, Marcedone, McMahan, Patel,
 * Ramage, Segal, Seth 2017, Practical secure aggregation for privacy-preserving machine learning, figure 4, with keys and
 * lists of survivors signed).
 *
 * Updates are integers modulo 2^32: cut to the range, multiplied by the weight, rounded at random (`FixedPoint`). It is not
 * differential privacy: what a sum tells, it tells. With `noise` it is: each site adds a share of discrete Gaussian noise
 * before it masks, so that nobody ever holds the sum without it (`SharedNoise`, `NoisyStep`).
 *
 * @param options as a plan has them
 * @param own secret keys of the sites that run in this process; none at a server
 * @param path where the options stand, for messages
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function secureAggregation(
  options: SecureAggregationOptions,
  { identity }: SiteIdentity = {},
  path = 'options',
): PrivacyMechanism {
  const { identities: listed, threshold, ...rest } = parseWith(secureAggregationOptions, options, path);
  const identities = listed === 'simulated' ? simulatedIdentities : givenIdentities(listed, identity);
  const site = new SiteHalf(identities, threshold);
  const server = new ServerHalf(identities, threshold);
  const encoding = encodingOf(rest, threshold);
  const { adjacency, protects, event, gradient } = encoding;

  return {
    name,
    requires: ['sum-only', 'fresh-updates', ...encoding.requires],
    removes: ['individual-updates'],
    ...(adjacency && { adjacency }),
    ...(protects && { protects }),
    ...(event && { event }),
    ...(gradient && { gradient }),
    assumptions: [
      'fewer than a third of the sites that are asked in a round work against the others, with the server, in secure aggregation',
      ...(listed === 'simulated' ? ['identities are simulated: anyone who knows the seed can sign for a site'] : []),
      ...encoding.assumptions,
    ],
    validate: (plan) => encoding.validate(plan),
    form: (update) => encoding.form(update),

    async instruct(context) {
      encoding.assertFits(context);
      return { participants: await server.prepare(context) };
    },

    onCall: (body, context) => site.answer(body, context),

    onClient(update, context) {
      const { told, sent, noise, clientId } = context;
      const { participants } = told as { readonly participants?: readonly string[] };
      if (!Array.isArray(participants))
        throw new FedwardError('TASK_INVALID', `${clientId}: the task names no participants`, clientId);
      const payload = encoding.encode(update, context, bitsOf(noise));
      for (const { seed, sign } of site.masks(participants, digestTensors(sent), context))
        addStream(payload.values, seed, sign);
      return { ...update, weight: 1, metrics: {}, payload };
    },

    async onRelease({ payload, count }, context) {
      const { words, recovered, threshold, traffic } = await server.release(payload, context);
      return { ...encoding.decode(words, context), count, told: { threshold, recovered, traffic } };
    },
  };
}

/** Rounding draws bits too: a simulation repeats them. */
function bitsOf(noise: NoiseSource): BitSource {
  const keystream = noise.simulationOnly ? noise.keystream?.() : undefined;
  return keystream ? new SeededBits(new Random(keystream.key).fork(name)) : new SecureBits();
}
