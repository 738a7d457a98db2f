import { FedwardError, type Random, type Transport } from '@fedward/core';

/**
 * A transport on which each client fails in each round with this probability, by the seed: for seeing what
 * drop-outs do to a federation.
 */
export function flakyTransport(inner: Transport, dropRate: number, random: Random): Transport {
  return {
    ...inner,
    fit: async (clientId, task, signal) => {
      if (random.fork(clientId, task.round).bernoulli(dropRate))
        throw new FedwardError('CLIENT_FAILED', `${clientId} dropped out (simulated)`, clientId);
      return inner.fit(clientId, task, signal);
    },
  };
}
