import type { AuditEvent, AuditReceipt, AuditSink } from '../interfaces/audit.js';

/** What a run writes down: an event without what is the same in all of its events. */
export type RunEvent = Omit<AuditEvent, 'time' | 'runId'>;

/** A run's own log. */
export class RunLog {
  /** Events that nothing depends on yet: whatever is logged next waits for both, and the sink may write them at once. */
  #owed: Promise<void> | undefined;
  #head: AuditReceipt | undefined;

  constructor(
    private readonly runId: string,
    private readonly sink: AuditSink | undefined,
    private readonly now: () => string,
  ) {}

  /** Where the log stands: after the newest event that can't be lost any more. */
  get head(): AuditReceipt | undefined {
    return this.#head;
  }

  /** Resolves once the event, and what was logged soon before, can no longer be lost. @returns its place in the log, where there is one */
  readonly log = async (event: RunEvent): Promise<number | undefined> => {
    const owed = this.#owed;
    const [, index] = await Promise.all([owed, this.#append(event)]);
    if (this.#owed === owed) this.#owed = undefined; // else more has come to be owed since
    return index;
  };

  /** A failure is told by the next `log`. */
  logSoon(event: RunEvent): void {
    this.#owed = Promise.all([this.#owed, this.#append(event)]).then(() => undefined);
    this.#owed.catch(() => undefined);
  }

  async #append(event: RunEvent): Promise<number | undefined> {
    const receipt = await this.sink?.append({ ...event, time: this.now(), runId: this.runId });
    if (receipt) this.#head = { index: receipt.index, root: receipt.root };
    return receipt?.index;
  }
}
