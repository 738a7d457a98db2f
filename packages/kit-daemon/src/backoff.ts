/** How long to wait before what failed is tried again. */
export interface BackoffOptions {
  /** After the first failure, in seconds, > 0; each further one waits twice as long. Default: 0.2. */
  readonly firstSeconds?: number;
  /** At most, in seconds. Default: 30. */
  readonly mostSeconds?: number;
  /** What has lasted this long, in seconds, has not failed: the next wait is the first again. Default: 60. */
  readonly steadySeconds?: number;
}

/** Waits that grow with each failure in a row. */
export class Backoff {
  #failures = 0;

  constructor(private readonly options: BackoffOptions = {}) {}

  /**
   * @param lastedSeconds how long what has failed now had been well
   * @returns seconds to wait
   */
  next(lastedSeconds: number): number {
    const { firstSeconds = 0.2, mostSeconds = 30, steadySeconds = 60 } = this.options;
    if (lastedSeconds >= steadySeconds) this.#failures = 0;
    return Math.min(mostSeconds, firstSeconds * 2 ** this.#failures++);
  }
}
