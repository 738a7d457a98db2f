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
