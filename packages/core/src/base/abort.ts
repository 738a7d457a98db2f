import { setMaxListeners } from 'node:events';
import { FedwardError, isFedwardError } from './errors.js';

/**
 * What `work` gives, unless the signal fires first: then the wait ends, also where the work goes on regardless.
 * @throws the signal's reason where it is a FedwardError, else ABORTED
 */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(reasonOf(signal));
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** @throws the signal's reason where it is a FedwardError, else ABORTED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

function reasonOf(signal: AbortSignal): FedwardError {
  return isFedwardError(signal.reason) ? signal.reason : new FedwardError('ABORTED', 'stopped before it was done');
}

/**
 * What `work` gives, unless the outer signal fires or the time is over first. The signal that it gets fires in both cases.
 * @param seconds Infinity: no deadline
 * @throws {FedwardError} DEADLINE_PASSED, or as `abortable`
 */
export async function withDeadline<T>(
  seconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfAborted(outer);
  // Linked by hand: what AbortSignal.any links to a signal that lives on, Node.js 20 keeps.
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // hundreds may wait for it at once, with no leak to warn of
  const abort = (): void => stop.abort(outer?.reason);
  const passed = (): void => stop.abort(new FedwardError('DEADLINE_PASSED', `no answer within ${seconds} s`));
  outer?.addEventListener('abort', abort);
  const timer = seconds < Infinity ? setTimeout(passed, seconds * 1000) : undefined;
  try {
    return await abortable(() => work(stop.signal), stop.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
    stop.abort(over);
  }
}

/** For whoever is still at work when nobody waits any more. Made once: a reason of each signal's own costs a stack trace. */
const over = new FedwardError('ABORTED', 'nobody waits for this any more');
