import { throwIfAborted } from '@fedward/core';

/**
 * Does something until it is done: a hub that is away comes back. The waits double, from a tenth of a second up to two.
 * @param onTrouble told of each failure but those of the signal; what it throws ends the tries
 * @throws once the signal fires, as core's `throwIfAborted`
 */
export async function untilDone<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void = () => undefined,
): Promise<T> {
  for (let wait = 100; ; wait = Math.min(2 * wait, 2000)) {
    throwIfAborted(signal);
    try {
      return await work();
    } catch (error) {
      throwIfAborted(signal);
      onTrouble(error);
      await pause(wait, signal);
    }
  }
}

/** Resolves after so many milliseconds, or once the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
