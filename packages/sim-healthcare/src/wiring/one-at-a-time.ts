import type { LocalTrainer } from '@fedward/core';

/**
 * A trainer that trains for one client at a time, in the order of the calls. In one thread this costs no time, and the
 * log of one client can be written while the next one trains.
 */
export function oneAtATime(inner: LocalTrainer): LocalTrainer {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...inner,
    train(payload, data, context, signal) {
      const trained = last.then(() => inner.train(payload, data, context, signal));
      last = trained.catch(() => undefined);
      return trained;
    },
  };
}
