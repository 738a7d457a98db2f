import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError, throwIfAborted, wordsOf } from '@fedward/core';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { onLoss } from './loss.js';

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

/** Between two tries: it doubles from the one to the other, milliseconds. */
const [firstPause, longestPause] = [50, 2000];

/**
 * Asks until there is an answer. A question that was under way when a connection was lost is never answered, and the library
 * does not say so: here it is asked again as soon as that is known. Whatever is asked must bear to be asked twice.
 *
 * @throws {FedwardError} HUB_REFUSED where this party may not ask that; HUB_SILENT after the last try; ABORTED
 */
export async function ask(
  connection: NatsConnection,
  subject: string,
  data: Uint8Array | string,
  { timeoutMs = 2000, tries = 5, countAway = true, signal, headers }: AskOptions = {},
): Promise<Msg> {
  for (let made = 1, pauses = 0; ; made++) {
    throwIfAborted(signal);
    try {
      return await unlessLost(connection, signal, () =>
        connection.request(subject, data, { timeout: timeoutMs, ...(headers && { headers }) }),
      );
    } catch (error) {
      throwIfAborted(signal);
      if (isRefusal(error)) throw new FedwardError('HUB_REFUSED', `the hub does not let this party ask ${subject}`, subject, { cause: error }); // prettier-ignore
      if (connection.isClosed()) throw new FedwardError('ABORTED', 'the connection to the hub was closed', subject, { cause: error }); // prettier-ignore
      if (!countAway && !(await isThere(connection, timeoutMs))) made--;
      if (made >= tries) throw new FedwardError('HUB_SILENT', `no answer to ${subject} after ${tries} tries`, subject, { cause: error }); // prettier-ignore
    }
    do await pause(pauses++, signal);
    while (!countAway && !signal?.aborted && !connection.isClosed() && !(await isThere(connection, timeoutMs)));
  }
}

/** Whether the hub answers at all. */
export async function isThere(connection: NatsConnection, timeoutMs = 2000): Promise<boolean> {
  const answered = connection.rtt().then(
    () => true,
    () => false,
  );
  const timer = new AbortController();
  const over = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([answered, over]);
  } finally {
    timer.abort();
  }
}

/** What was asked, unless the connection is lost or the signal fires first. */
async function unlessLost<T>(
  connection: NatsConnection,
  signal: AbortSignal | undefined,
  request: () => Promise<T>,
): Promise<T> {
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Error('the connection was lost'));
    const forget = onLoss(connection, end);
    signal?.addEventListener('abort', end, { once: true });
    stop = () => {
      forget();
      signal?.removeEventListener('abort', end);
    };
  });
  try {
    return await Promise.race([request(), ended]);
  } finally {
    stop();
  }
}

function isRefusal(error: unknown): boolean {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return name === 'PermissionViolationError' || /permissions violation/i.test(wordsOf(error));
}

/** With jitter: when a hub comes back, not all ask at once. */
async function pause(pauses: number, signal: AbortSignal | undefined): Promise<void> {
  const milliseconds = Math.min(longestPause, firstPause * 2 ** Math.min(pauses, 8)) * (0.5 + Math.random() / 2);
  await sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => undefined);
}
