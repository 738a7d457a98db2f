/** Of `Silence`. */
export interface SilenceOptions {
  /** How long no question may have been answered before it counts, seconds. Default: 20. */
  readonly seconds?: number;
  /** Seconds, monotonic. Default: the machine's. */
  readonly now?: () => number;
}

/**
 * So many questions at least: a coordinator that was itself held up, such as by a machine that slept, finds one of them
 * unanswered, whatever its clock says.
 */
const leastQuestions = 4;

/** Since when a hub has answered nothing that it was asked over a connection that stands. */
export class Silence {
  #since: number | undefined;
  #questions = 0;

  constructor(private readonly options: SilenceOptions = {}) {}

  /** Seconds since the first question that had no answer; undefined where the last one had, or it does not count yet. */
  get seconds(): number | undefined {
    const { seconds = 20, now = machineSeconds } = this.options;
    if (this.#since === undefined || this.#questions < leastQuestions) return undefined;
    const lasted = now() - this.#since;
    return lasted >= seconds ? lasted : undefined;
  }

  answered(): void {
    this.#since = undefined;
    this.#questions = 0;
  }

  /** @param asked when the question was */
  unanswered(asked: number): void {
    this.#since ??= asked;
    this.#questions++;
  }
}

/** The machine's clock, as `SilenceOptions.now`. */
export function machineSeconds(): number {
  return performance.now() / 1000;
}
