import { setMaxListeners } from 'node:events';
import { abortable, throwIfAborted } from '../base/abort.js';
import { FedwardError, isFedwardError, wordsOf } from '../base/errors.js';
import type { Collector } from '../interfaces/collector.js';
import type { Update } from '../interfaces/messages.js';

/** What became of one client that was asked. */
export interface Arrival {
  readonly clientId: string;
  /** The round that it was asked in. */
  readonly baseRound: number;
  readonly outcome: Update | FedwardError;
}

/** A client at work. */
interface Job {
  readonly clientId: string;
  readonly baseRound: number;
  readonly arrival: Promise<Arrival>;
  readonly stop: AbortController;
  settled?: Arrival;
}

/** How one round is collected. */
export interface CollectOptions {
  readonly round: number;
  /** In this order the updates are handed on, whatever the order of arrival; none of them is under way. */
  readonly cohort: readonly string[];
  readonly ask: (clientId: string, signal: AbortSignal) => Promise<Update>;
  readonly collector: Collector;
  /** How many clients may be under way, or waiting for an earlier one, at a time: the bound on memory. */
  readonly concurrency: number;
  /** Infinity: none. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks clients, round after round, and remembers who is at work. */
export class Collection {
  readonly #jobs = new Map<string, Job>();

  /** Ids of those at work, since whatever round. */
  get underWay(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /**
   * Asks a cohort and hands on one arrival a client: of those of earlier rounds first, then in cohort order. A client's
   * failure, or its silence once it is waited for no longer, is an arrival too. Who is still waited for is in `underWay`
   * afterwards.
   * @throws {FedwardError} ABORTED once `signal` fires
   */
  async *round(options: CollectOptions): AsyncGenerator<Arrival> {
    const { deadlineSeconds, signal, collector } = options;
    throwIfAborted(signal);
    // Linked by hand: what AbortSignal.any links to a signal that lives on, Node.js 20 keeps.
    const ended = new AbortController();
    setMaxListeners(0, ended.signal); // two a client under way, with no leak to warn of
    const abort = (): void => ended.abort();
    const passed = (): void => ended.abort(silent(`no answer within ${deadlineSeconds} s`));
    signal?.addEventListener('abort', abort);
    const timer = deadlineSeconds && deadlineSeconds < Infinity && setTimeout(passed, deadlineSeconds * 1000);
    try {
      yield* collector.enough ? this.#untilEnough(options, ended) : this.#inOrder(options, ended);
    } finally {
      if (timer) clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      ended.abort();
    }
  }

  /** Stops everyone who is at work. */
  close(): void {
    for (const { stop } of this.#jobs.values()) stop.abort();
    this.#jobs.clear();
  }

  /** Memory does not grow with the cohort: as many as may be under way, and no more, are asked or held. */
  async *#inOrder({ cohort, round, ask, concurrency, signal }: CollectOptions, ended: AbortController) {
    const window: Promise<Arrival>[] = [];
    for (let next = 0; next < cohort.length || window.length > 0;) {
      while (next < cohort.length && window.length < concurrency)
        window.push(arrivalOf(cohort[next++]!, round, (id) => ask(id, ended.signal), ended.signal));
      const arrival = await window.shift()!;
      throwIfAborted(signal);
      yield arrival;
    }
  }

  async *#untilEnough({ cohort, round, ask, concurrency, signal, collector }: CollectOptions, ended: AbortController) {
    const waiting = [...cohort];
    const running = (): Job[] => [...this.#jobs.values()].filter(({ settled }) => !settled);
    const start = (): void => {
      while (waiting.length > 0 && running().length < concurrency) this.#start(waiting.shift()!, round, ask);
    };
    const progress = () => {
      const settled = [...this.#jobs.values()].flatMap((job) => job.settled ?? []);
      const failed = settled.filter(({ outcome }) => outcome instanceof Error).length;
      const underWay = this.#jobs.size - settled.length + waiting.length;
      return { round, asked: cohort.length, arrived: settled.length - failed, failed, underWay };
    };
    start();
    while (running().length > 0 && !ended.signal.aborted && !collector.enough!(progress())) {
      await Promise.race([...running().map(({ arrival }) => arrival), whenAborted(ended.signal)]);
      start();
    }
    throwIfAborted(signal);
    const early = waiting.map((clientId): Arrival => ({ clientId, baseRound: round, outcome: silent('not asked: the round had enough') })); // prettier-ignore
    const late: Arrival[] = [];
    for (const job of running()) {
      const { clientId, baseRound, stop } = job;
      if (round - baseRound < collector.patience) continue;
      const outcome = silent(`no answer within ${collector.patience} further rounds`);
      stop.abort(outcome);
      this.#jobs.delete(clientId);
      late.push({ clientId, baseRound, outcome });
    }
    const settled = [...this.#jobs.values()].flatMap((job) => job.settled ?? []);
    for (const { clientId } of settled) this.#jobs.delete(clientId);
    const place = new Map(cohort.map((id, index) => [id, index]));
    const order = ({ clientId, baseRound }: Arrival): number => (baseRound < round ? -1 : place.get(clientId)!);
    const older = (a: Arrival, b: Arrival): number => a.baseRound - b.baseRound || (a.clientId < b.clientId ? -1 : 1);
    const all = [...settled, ...late].sort((a, b) => order(a) - order(b) || older(a, b));
    yield* [...all, ...early];
  }

  #start(clientId: string, baseRound: number, ask: CollectOptions['ask']): void {
    const stop = new AbortController();
    const arrival = arrivalOf(clientId, baseRound, (id) => ask(id, stop.signal), stop.signal);
    const job: Job = { clientId, baseRound, stop, arrival };
    this.#jobs.set(clientId, job);
    void arrival.then((settled) => (job.settled = settled));
  }
}

async function arrivalOf(
  clientId: string,
  baseRound: number,
  ask: (clientId: string) => Promise<Update>,
  signal: AbortSignal,
): Promise<Arrival> {
  const answer = abortable(() => ask(clientId), signal);
  const outcome = await answer.catch((error: unknown) => failureOf(clientId, error));
  return { clientId, baseRound, outcome };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function silent(reason: string): FedwardError {
  return new FedwardError('DEADLINE_PASSED', reason);
}

/**
 * A client's own error keeps its code; anything else is CLIENT_FAILED. The text is the client's: it is cut, and
 * made fit for JSON, so that it can't stop the log that it goes into.
 */
export function failureOf(clientId: string, error: unknown): FedwardError {
  const text = wordsOf(error).slice(0, 500).toWellFormed(); // the cut may have halved a character
  if (!isFedwardError(error))
    return new FedwardError('CLIENT_FAILED', `${clientId} failed: ${text}`, clientId, { cause: error });
  const { code, family } = error;
  return new FedwardError(code, text, clientId, { cause: error, ...(family && { family }) });
}
