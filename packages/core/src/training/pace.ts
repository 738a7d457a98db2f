import { FedwardError } from '../base/errors.js';

const longestStretch = 50; // milliseconds

/**
 * Training is one long computation in its thread. What this gives is to be awaited before each step: it lets
 * others have their turn every 50 ms, so that signals, deadlines and progress bars work.
 */
export function createPacer(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longestStretch) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}

/** @throws {FedwardError} ABORTED once the signal has fired */
export function assertNotAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new FedwardError('ABORTED', 'training was aborted', undefined, { cause: signal.reason });
}
