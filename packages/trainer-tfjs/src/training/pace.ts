import { setImmediate } from 'node:timers/promises';
import { FedwardError } from '@fedward/core';

const longestStretch = 50; // milliseconds

/**
 * Training is one long computation in the process's only thread. This gives the others their turn from time to
 * time, so that signals, deadlines and progress bars work.
 */
export function createPacer(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longestStretch) return;
    await setImmediate();
    last = performance.now();
  };
}

/** @throws {FedwardError} ABORTED once the signal has fired */
export function checkAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new FedwardError('ABORTED', 'training was aborted', undefined, { cause: signal.reason });
}
