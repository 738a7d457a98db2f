import { jetstream, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { pause } from '../retry.js';
import { streams, taskConsumer } from '../subjects.js';

/** How long one request for tasks stays with the hub, and how often it says that it is there, milliseconds. */
const asking = { expires: 6000, idle_heartbeat: 1500 } as const;
/** The consumer lets no more be under way. */
const most = 64;

/**
 * Tasks as they come. A hub that is away, or has lost its streams, is waited for.
 * @param onTrouble told of each failure
 */
export async function* tasksOf(
  connection: NatsConnection,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
): AsyncGenerator<JsMsg> {
  let messages: ConsumerMessages | undefined;
  const stop = (): void => void messages?.close().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      try {
        const consumer = await jetstream(connection, { timeout: 2000 }).consumers.get(streams.tasks, taskConsumer);
        messages = await consumer.consume({ ...asking, max_messages: most, abort_on_missing_resource: true });
        if (signal.aborted) stop();
        yield* messages;
      } catch (error) {
        if (!signal.aborted) onTrouble(error);
      }
      await pause(250, signal);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
