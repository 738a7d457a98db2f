import { FedwardError, type Client, type Random, type Transport } from '@fedward/core';

/**
 * A transport on which each client fails in each round with this probability, by the seed: for seeing what
 * drop-outs do to a federation.
 */
export function flakyTransport(inner: Transport, dropRate: number, random: Random): Transport {
  return {
    ...inner,
    client(id): Client {
      const client = inner.client(id);
      return {
        ...client,
        answer: async (task, signal) => {
          if (random.fork(id, task.round).bernoulli(dropRate))
            throw new FedwardError('CLIENT_FAILED', 'dropped out (simulated)', id);
          return client.answer(task, signal);
        },
      };
    },
  };
}
