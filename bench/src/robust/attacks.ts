import { Random, type Client, type Transport, type Update } from '@fedward/core';
import type { Lie } from './lies.js';

/**
 * A transport on which some clients lie. They see what the honest ones send in the round, so all must be asked at once, in
 * one process.
 */
export function lying(inner: Transport, liars: ReadonlySet<string>, lie: Lie, seed: number): Transport {
  const honest = inner.clients().filter((id) => !liars.has(id));
  const rounds = new Map<number, Map<string, PromiseWithResolvers>>();
  const sentIn = (round: number) => {
    const known = rounds.get(round);
    if (known) return known;
    rounds.clear();
    const sent = new Map(honest.map((id) => [id, withResolvers()]));
    rounds.set(round, sent);
    return sent;
  };
  return {
    ...inner,
    client(id): Client {
      const client = inner.client(id);
      return {
        ...client,
        async answer(task, signal) {
          const sent = sentIn(task.round);
          const update = await client.answer(task, signal);
          if (!liars.has(id)) {
            sent.get(id)!.resolve(update);
            return update;
          }
          const others = await Promise.all([...sent.values()].map(({ promise }) => promise));
          const values = lie({
            own: update.payload.values as Float32Array,
            honest: others.map(({ payload }) => payload.values as Float32Array),
            random: new Random(seed).fork(id, task.round),
          });
          return { ...update, payload: { ...update.payload, values } };
        },
      };
    },
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<Update>;
  readonly resolve: (update: Update) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve!: (update: Update) => void;
  const promise = new Promise<Update>((done) => (resolve = done));
  return { promise, resolve };
}
