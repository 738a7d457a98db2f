import type { NatsConnection } from '@nats-io/nats-core';

/** Who wants to know of each connection. */
const watched = new WeakMap<NatsConnection, Set<() => void>>();

/**
 * Calls when the connection is lost, each time.
 * @returns what stops that
 */
export function onLoss(connection: NatsConnection, heard: () => void): () => void {
  let all = watched.get(connection);
  if (!all) {
    all = new Set();
    watched.set(connection, all);
    void watch(connection, all);
  }
  all.add(heard);
  return () => void all.delete(heard);
}

/** Ends when the connection is closed, which is a loss too. */
async function watch(connection: NatsConnection, all: ReadonlySet<() => void>): Promise<void> {
  for await (const { type } of connection.status()) if (type === 'disconnect') for (const heard of [...all]) heard();
  for (const heard of [...all]) heard();
}
