import { setMaxListeners } from 'node:events';
import { abortable, throwIfAborted } from '../base/abort.js';
import { FedwardError, isFedwardError, wordsOf } from '../base/errors.js';
import type { FitResult } from '../interfaces/messages.js';

export interface Arrival {
  readonly clientId: string;
  readonly outcome: FitResult | FedwardError;
}

export interface CollectOptions {
  /** In this order the updates are handed on, whatever the order of arrival. */
  readonly cohort: readonly string[];
  readonly ask: (clientId: string, signal: AbortSignal) => Promise<FitResult>;
  /** How many clients may be under way, or waiting for an earlier one, at a time: the bound on memory. */
  readonly concurrency: number;
  /** Infinity: none. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a cohort and hands on one arrival a client, in cohort order. A client's failure, or its silence at the
 * deadline, is an arrival too.
 * @throws {FedwardError} ABORTED once `signal` fires
 */
export async function* collect(options: CollectOptions): AsyncGenerator<Arrival> {
  const { cohort, ask, concurrency, deadlineSeconds, signal } = options;
  throwIfAborted(signal);
  // Linked by hand: what AbortSignal.any links to a signal that lives on, Node.js 20 keeps.
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // two a client under way, with no leak to warn of
  const abort = (): void => stop.abort();
  signal?.addEventListener('abort', abort);
  const passed = (): void => stop.abort(new FedwardError('DEADLINE_PASSED', `no answer within ${deadlineSeconds} s`));
  const timer = deadlineSeconds && deadlineSeconds < Infinity && setTimeout(passed, deadlineSeconds * 1000);
  const window: Promise<Arrival>[] = [];
  try {
    for (let next = 0; next < cohort.length || window.length > 0;) {
      while (next < cohort.length && window.length < concurrency) {
        const clientId = cohort[next++]!;
        const answer = abortable(() => ask(clientId, stop.signal), stop.signal);
        const outcome = answer.catch((error: unknown) => failureOf(clientId, error));
        window.push(outcome.then((outcome) => ({ clientId, outcome })));
      }
      const arrival = await window.shift()!;
      throwIfAborted(signal);
      yield arrival;
    }
  } finally {
    if (timer) clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }
}

/**
 * A client's own error keeps its code; anything else is CLIENT_FAILED. The text is the client's: it is cut, and
 * made fit for JSON, so that it can't stop the log that it goes into.
 */
function failureOf(clientId: string, error: unknown): FedwardError {
  const text = wordsOf(error).slice(0, 500).toWellFormed(); // the cut may have halved a character
  const [code, message] = isFedwardError(error)
    ? [error.code, text]
    : (['CLIENT_FAILED', `${clientId} failed: ${text}`] as const);
  return new FedwardError(code, message, clientId, { cause: error });
}
