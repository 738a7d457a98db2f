import { createHash } from 'node:crypto';
import { incompatible, type Plan, type SiteCallContext } from '@fedward/core';
import { identityFrom } from '../crypto/identity.js';

/** Who signs what: Ed25519 keys of 32 bytes. */
export interface Identities {
  /** As the plan names it, which each site has approved; undefined for one that it does not name. */
  publicKeyOf(id: string, plan: Plan): Uint8Array | undefined;
  /**
   * How many sites a round asks at least, by the plan's own rule; 0 where the plan does not say who there is. A server that
   * asks fewer would have a third of them in its hand sooner.
   */
  leastAsked(plan: Plan): number;
  /** A site's own. @throws {FedwardError} CONFIG_INCOMPATIBLE where there is none here */
  secretKeyOf(context: Pick<SiteCallContext, 'clientId' | 'plan'>): Uint8Array;
}

/** Keys that anyone can work out from the plan's seed: for simulations, where all sites are in one hand anyway. */
export const simulatedIdentities: Identities = {
  publicKeyOf: (id, plan) => simulated(id, plan).publicKey,
  leastAsked: () => 0,
  secretKeyOf: ({ clientId, plan }) => simulated(clientId, plan).secretKey,
};

/**
 * @param publicKeys as the plan lists them, in hexadecimal
 * @param secretKeyOf the key of a site that runs here; undefined for others
 */
export function givenIdentities(
  publicKeys: Readonly<Record<string, string>>,
  secretKeyOf: (clientId: string) => Uint8Array | undefined = () => undefined,
): Identities {
  return {
    publicKeyOf: (id) =>
      Object.hasOwn(publicKeys, id) ? Uint8Array.from(Buffer.from(publicKeys[id]!, 'hex')) : undefined,
    leastAsked({ cohort }) {
      const all = Object.keys(publicKeys).length;
      if (cohort.select === 'uniform') return Math.min(cohort.size, all);
      return cohort.select === 'cyclic' ? Math.floor(all / cohort.groups) : all;
    },
    secretKeyOf({ clientId }) {
      const key = secretKeyOf(clientId);
      if (key) return key;
      throw incompatible(
        `${clientId} has no identity key here: make the mechanism with secureAggregation(options, { identity })`,
        'privacy.mechanisms',
      );
    },
  };
}

function simulated(id: string, { seed }: Plan) {
  return identityFrom(
    new Uint8Array(
      createHash('sha256')
        .update(JSON.stringify(['simulated identity', seed, id]))
        .digest(),
    ),
  );
}
