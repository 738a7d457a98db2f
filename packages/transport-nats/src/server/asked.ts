import type { Envelope, Signed } from '../envelope/envelope.js';
import { subjects, tokenOf } from '../subjects.js';
import type { Lane } from './lanes.js';
import type { Prepared } from './question.js';

/** A question to one hospital that is not over. */
export class Asked {
  readonly subject: string;
  readonly resultSubject: string;
  /** Resolves once it is sent, or was found to be answered. */
  begun: Promise<void> = Promise.resolve();
  /** How many wait for it, or have announced it. */
  waiting = 0;
  /** As it was sent; undefined before. */
  sealed: Signed | undefined;
  /** How often the hospital said that it knows newer questions. */
  stale = 0;
  /** Reconciliations in a row that found the hospital done and no answer. */
  unanswered = 0;
  #arrived = deferred<Envelope>();
  #settled = false;

  constructor(
    readonly prepared: Prepared,
    readonly lane: Lane,
  ) {
    const { kind, run, task, ask } = prepared.body;
    this.subject = subjects.task(kind, tokenOf(run), lane.index);
    this.resultSubject = subjects.result(task, ask);
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The answer, verified; its arrays may still be at the hub. */
  get arrived(): Promise<Envelope> {
    return this.#arrived.promise;
  }

  settle(envelope: Envelope): void {
    this.#settled = true;
    this.#arrived.resolve(envelope);
  }

  fail(error: unknown): void {
    this.#settled = true;
    this.#arrived.reject(error);
  }

  /** Waits anew: what had arrived was of no use. */
  reset(): void {
    if (this.#settled) this.#arrived = deferred<Envelope>();
    this.#settled = false;
    this.unanswered = 0;
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  promise.catch(() => undefined); // whoever waits hears of it; nobody may
  return { promise, resolve, reject };
}
