import { FedwardError, isFedwardError } from './errors.js';

/**
 * What `work` gives, unless the signal fires first: then the wait ends, also where the work goes on regardless.
 * @throws the signal's reason where it is a FedwardError, else ABORTED
 */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(isFedwardError(signal.reason) ? signal.reason : aborted());
  });
  try {
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return await Promise.race(signal.aborted ? [stopped] : [work(), stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export function aborted(): FedwardError {
  return new FedwardError('ABORTED', 'stopped before it was done');
}
