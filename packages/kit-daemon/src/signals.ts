/** How a daemon ends. */
export interface SignalOptions {
  /** For an orderly end; after that the process ends as it is, with exit code 1. Default: 30. */
  readonly limitSeconds?: number;
  /** Told of each signal: for the log. */
  readonly onSignal?: (signal: NodeJS.Signals) => void;
  /** SIGHUP: to read anew what may change while it runs. Default: it is left alone. */
  readonly reload?: () => void;
}

const ending = ['SIGTERM', 'SIGINT'] as const;
/** As a shell tells it: 128 and the number of the signal. */
const codes = { SIGTERM: 143, SIGINT: 130 };

/**
 * Ends this process in an orderly way on the first SIGTERM or SIGINT: calls `stop`, then exits with code 0, or 1 where that
 * fails or takes longer than it may. A second signal ends it at once.
 *
 * @param stop finishes or leaves what is under way, and gives back what the process holds
 * @returns takes the handlers away again
 */
export function onSignals(stop: (signal: NodeJS.Signals) => Promise<void>, options: SignalOptions = {}): () => void {
  const { limitSeconds = 30, onSignal, reload } = options;
  let stopping = false;
  const handle = (signal: (typeof ending)[number]): void => {
    onSignal?.(signal);
    if (stopping) process.exit(codes[signal]);
    stopping = true;
    setTimeout(() => process.exit(1), limitSeconds * 1000).unref();
    Promise.resolve()
      .then(() => stop(signal))
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  for (const signal of ending) process.on(signal, handle);
  const hangUp = (): void => {
    onSignal?.('SIGHUP');
    reload?.();
  };
  if (reload) process.on('SIGHUP', hangUp);
  return () => {
    for (const signal of ending) process.off(signal, handle);
    process.off('SIGHUP', hangUp);
  };
}
