import { jetstreamManager, JetStreamApiError, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Sealed, Signed } from '../envelope/envelope.js';
import { streams, taskConsumer } from '../subjects.js';

/** How long one request to the hub may take, milliseconds: one that was under way at a disconnect is not rejected. */
const patience = 2000;

/** The coordinator's hands in a hospital's account. Each method rejects where the hub is away. */
export class Streams {
  readonly #js: JetStreamClient;

  private constructor(private readonly manager: JetStreamManager) {
    this.#js = manager.jetstream();
  }

  static async at(connection: NatsConnection): Promise<Streams> {
    return new Streams(await jetstreamManager(connection, { timeout: patience, checkAPI: false }));
  }

  /** The newest message of a subject; undefined where there is none, or no such stream. */
  async newest(stream: string, subject: string): Promise<Sealed | undefined> {
    try {
      const found = await this.manager.streams.getMessage(stream, { last_by_subj: subject });
      return found ? { data: found.data, headers: found.header } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The newest message of each subject that fits a pattern, as many as there are, up to `most`: the oldest first. */
  async all(stream: string, pattern: string, most = 1000): Promise<readonly { subject: string; sealed: Sealed }[]> {
    const found: { subject: string; sealed: Sealed }[] = [];
    for (let seq = 1; found.length < most;) {
      const next = await this.manager.streams
        .getMessage(stream, { seq, next_by_subj: pattern } as { seq: number })
        .catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error as Error)));
      if (!next) break;
      found.push({ subject: next.subject, sealed: { data: next.data, headers: next.header } });
      seq = next.seq + 1;
    }
    return found;
  }

  /** @param messageId another one for what the hub may have seen before */
  async publish(subject: string, { data, headers }: Signed, messageId: string): Promise<void> {
    await this.#js.publish(subject, data, { headers, msgID: messageId, timeout: patience, retries: 0 });
  }

  async purge(stream: string, subject: string): Promise<void> {
    try {
      await this.manager.streams.purge(stream, { filter: subject });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Whether the hospital has every task, and has done with it; undefined where there is no consumer. */
  async idle(): Promise<boolean | undefined> {
    try {
      const { num_pending, num_ack_pending } = await this.manager.consumers.info(streams.tasks, taskConsumer);
      return num_pending === 0 && num_ack_pending === 0;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** No such stream (10059), consumer (10014) or message (10037). */
const missing = new Set([10059, 10014, 10037]);

function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError ? missing.has(error.code) : false;
}
