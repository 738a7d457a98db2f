import { FedwardError, throwIfAborted, wordsOf } from '@fedward/core';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of `ask`. */
export interface AskOptions {
  /** How long one try waits. Default: 2000 ms. */
  readonly timeoutMs?: number;
  /** How often it is asked while the hub is there, Infinity included. Default: 5. */
  readonly tries?: number;
  /** Whether tries count while the hub is away. Default: true; with false it is waited for until the signal fires. */
  readonly countAway?: boolean;
  readonly signal?: AbortSignal;
  readonly headers?: MsgHdrs;
}

/**
 * Asks until there is an answer. A question that was under way when a connection was lost is never answered, and nobody says
 * so: short waits and several tries are what helps. Whatever is asked must bear to be asked twice.
 *
 * @throws {FedwardError} HUB_REFUSED where this party may not ask that; HUB_SILENT after the last try; ABORTED
 */
export async function ask(
  connection: NatsConnection,
  subject: string,
  data: Uint8Array | string,
  { timeoutMs = 2000, tries = 5, countAway = true, signal, headers }: AskOptions = {},
): Promise<Msg> {
  for (let made = 0, pauses = 0; ; pauses++) {
    throwIfAborted(signal);
    try {
      return await connection.request(subject, data, { timeout: timeoutMs, ...(headers && { headers }) });
    } catch (error) {
      throwIfAborted(signal);
      const name = (error as Error | undefined)?.name;
      if (name === 'PermissionViolationError' || /permissions violation/i.test(wordsOf(error)))
        throw new FedwardError('HUB_REFUSED', `the hub does not let this party ask ${subject}`, subject, {
          cause: error,
        });
      if (connection.isClosed()) throw new FedwardError('ABORTED', 'the connection to the hub was closed', subject, { cause: error }); // prettier-ignore
      const there = countAway || (await isThere(connection, timeoutMs));
      if (there && ++made >= tries)
        throw new FedwardError('HUB_SILENT', `no answer to ${subject} after ${tries} tries`, subject, { cause: error });
    }
    const pause = Math.min(2000, 50 * 2 ** Math.min(pauses, 8)) * (0.5 + Math.random() / 2);
    await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}

/** Whether the hub answers at all. */
export async function isThere(connection: NatsConnection, timeoutMs = 2000): Promise<boolean> {
  const asked = connection.rtt().then(
    () => true,
    () => false,
  );
  const timer = new AbortController();
  const over = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([asked, over]);
  } finally {
    timer.abort();
  }
}
