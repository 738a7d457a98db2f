import { abortable, aborted } from '../abort.js';
import { FedwardError, isFedwardError } from '../errors.js';
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
  readonly deadlineSeconds?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks a cohort and hands on one arrival a client, in cohort order. A client's failure, or its silence at the
 * deadline, is an arrival too.
 * @throws {FedwardError} ABORTED once `signal` fires
 */
export async function* collect(options: CollectOptions): AsyncGenerator<Arrival> {
  const { cohort, concurrency, deadlineSeconds, signal } = options;
  const deadline = new AbortController();
  const timer =
    deadlineSeconds === undefined
      ? undefined
      : setTimeout(() => deadline.abort(passed(deadlineSeconds)), deadlineSeconds * 1000);
  const either = AbortSignal.any([signal, deadline.signal]);
  const window: Promise<Arrival>[] = [];
  try {
    for (let next = 0; next < cohort.length || window.length > 0;) {
      while (next < cohort.length && window.length < concurrency) {
        const clientId = cohort[next++]!;
        const outcome = abortable(() => options.ask(clientId, either), either).catch((error: unknown) =>
          asFedwardError(clientId, error),
        );
        window.push(outcome.then((outcome) => ({ clientId, outcome })));
      }
      const arrival = await window.shift()!;
      if (signal.aborted) throw aborted();
      yield arrival;
    }
  } finally {
    clearTimeout(timer);
    deadline.abort(aborted());
  }
}

/** A client's own error keeps its code; anything else is CLIENT_FAILED. */
function asFedwardError(clientId: string, error: unknown): FedwardError {
  if (isFedwardError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FedwardError('CLIENT_FAILED', `${clientId} failed: ${message}`, clientId, {
    cause: error,
  });
}

function passed(seconds: number): FedwardError {
  return new FedwardError('DEADLINE_PASSED', `no answer within ${seconds} s`);
}
