import { setMaxListeners } from 'node:events';
import { abortable, throwIfAborted, withDeadline } from '../base/abort.js';
import { FedwardError, hasCode, isFedwardError, wordsOf } from '../base/errors.js';
import { machineClock, type Clock } from '../interfaces/clock.js';
import type { Collector, CollectProgress } from '../interfaces/collector.js';
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
  readonly stop: AbortController;
  settled?: Arrival;
}

/** Of those at work, how many are done and not handed on yet. */
type Settled = Pick<CollectProgress, 'arrived' | 'failed'>;
const nobody: Settled = { arrived: 0, failed: 0 };

/** How one round is collected. */
export interface CollectOptions {
  readonly round: number;
  /** In this order the updates are handed on, whatever the order of arrival; none of them is under way. */
  readonly cohort: readonly string[];
  readonly ask: (clientId: string, signal: AbortSignal) => Promise<Update>;
  /**
   * Has a client begin, and resolves once its answer lies ready to be asked for. Used where fewer may be under way than there
   * are: all begin at once then.
   */
  readonly announce?: (clientId: string, signal: AbortSignal) => Promise<void>;
  readonly collector: Collector;
  /**
   * How many clients may be under way, or waiting for an earlier one, at a time: the bound on memory. Of a collector that
   * ends a round early the whole cohort is asked at once: who must wait for a place is not in it.
   */
  readonly concurrency: number;
  /** Infinity: none. */
  readonly deadlineSeconds?: number | undefined;
  /** That the deadline is told by. Default: the machine's. */
  readonly clock?: Pick<Clock, 'unit' | 'after'> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks clients, round after round, and remembers who is at work. */
export class Collection {
  readonly #jobs = new Map<string, Job>();
  #settled = nobody;
  /** Called whenever one of them is done. */
  #look: () => void = () => undefined;

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
    const { deadlineSeconds, signal, collector, clock = machineClock } = options;
    throwIfAborted(signal);
    // Linked by hand: what AbortSignal.any links to a signal that lives on, Node.js 20 keeps.
    const ended = new AbortController();
    setMaxListeners(0, ended.signal); // two a client under way, with no leak to warn of
    const left = new AbortController();
    const abort = (): void => [ended, left].forEach((each) => each.abort());
    const passed = (): void => ended.abort(silent(`no answer within ${deadlineSeconds} ${clock.unit}`));
    signal?.addEventListener('abort', abort);
    const takeBack = deadlineSeconds && deadlineSeconds < Infinity && clock.after(deadlineSeconds, passed);
    try {
      yield* collector.enough
        ? this.#untilEnough(options, ended)
        : this.#inOrder(options, startOf(options, ended.signal, left.signal));
    } finally {
      if (takeBack) takeBack();
      signal?.removeEventListener('abort', abort);
      abort();
    }
  }

  /** Stops everyone who is at work. */
  close(): void {
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#settled = nobody;
    for (const { stop } of jobs) stop.abort();
  }

  /** Memory does not grow with the cohort: as many as may be under way, and no more, are started or held. */
  async *#inOrder({ cohort, concurrency, signal }: CollectOptions, start: (clientId: string) => Promise<Arrival>) {
    const window: Promise<Arrival>[] = [];
    for (let next = 0; next < cohort.length || window.length > 0;) {
      while (next < cohort.length && window.length < concurrency) window.push(start(cohort[next++]!));
      const arrival = await window.shift()!;
      throwIfAborted(signal);
      yield arrival;
    }
  }

  async *#untilEnough({ cohort, round, ask, signal, collector }: CollectOptions, ended: AbortController) {
    for (const clientId of cohort) this.#start(clientId, round, ask);
    await this.#settling(ended.signal, ({ arrived, failed }) => {
      const underWay = this.#jobs.size - arrived - failed;
      return underWay === 0 || collector.enough!({ round, asked: cohort.length, arrived, failed, underWay });
    });
    throwIfAborted(signal);
    const arrivals: Arrival[] = [];
    for (const { clientId, baseRound, stop, settled } of [...this.#jobs.values()]) {
      if (!settled && round - baseRound < collector.patience) continue;
      const outcome = silenceOf(collector, ended.signal);
      if (!settled) stop.abort(outcome);
      this.#jobs.delete(clientId);
      arrivals.push(settled ?? { clientId, baseRound, outcome });
    }
    this.#settled = nobody;
    const place = new Map(cohort.map((id, index) => [id, index]));
    const order = ({ clientId, baseRound }: Arrival): number => (baseRound < round ? -1 : place.get(clientId)!);
    const older = (a: Arrival, b: Arrival): number => a.baseRound - b.baseRound || (a.clientId < b.clientId ? -1 : 1);
    yield* arrivals.sort((a, b) => order(a) - order(b) || older(a, b));
  }

  /** Resolves once there is enough of those who are done, or the signal fires. @throws what `enough` throws */
  async #settling(signal: AbortSignal, enough: (settled: Settled) => boolean): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          try {
            if (signal.aborted || enough(this.#settled)) resolve();
          } catch (error) {
            reject(error);
          }
        };
        this.#look = look;
        signal.addEventListener('abort', look, { once: true });
        look();
      });
    } finally {
      this.#look = () => undefined;
    }
  }

  #start(clientId: string, baseRound: number, ask: CollectOptions['ask']): void {
    const stop = new AbortController();
    const job: Job = { clientId, baseRound, stop };
    this.#jobs.set(clientId, job);
    void arrivalOf(clientId, baseRound, (id) => ask(id, stop.signal), stop.signal).then((arrival) => {
      if (this.#jobs.get(clientId) !== job) return; // it was waited for no longer
      job.settled = arrival;
      const { arrived, failed } = this.#settled;
      const fails = arrival.outcome instanceof Error;
      this.#settled = { arrived: arrived + (fails ? 0 : 1), failed: failed + (fails ? 1 : 0) };
      this.#look();
    });
  }
}

/**
 * How a client of a cohort is asked in its turn.
 * @param ended fires at the round's deadline
 * @param left fires once nobody is interested any more
 */
function startOf(
  { cohort, round, ask, announce, concurrency, deadlineSeconds = Infinity }: CollectOptions,
  ended: AbortSignal,
  left: AbortSignal,
): (clientId: string) => Promise<Arrival> {
  if (!announce || concurrency >= cohort.length)
    return (clientId) => arrivalOf(clientId, round, (id) => ask(id, ended), ended);
  const begin = async (clientId: string): Promise<FedwardError | undefined> => {
    const ready = abortable(() => announce(clientId, ended), ended);
    return ready.then(() => undefined).catch((error: unknown) => failureOf(clientId, error));
  };
  const begun = new Map(cohort.map((clientId) => [clientId, begin(clientId)]));
  return async (clientId) => {
    const failure = await begun.get(clientId)!;
    if (failure) return { clientId, baseRound: round, outcome: failure };
    // It lies ready: whoever is fetched before it can't make it late.
    const fetched = withDeadline(deadlineSeconds, left, (signal) => ask(clientId, signal));
    const outcome = await fetched.catch((error: unknown) => failureOf(clientId, error));
    return { clientId, baseRound: round, outcome };
  };
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

/** Why one that is waited for no longer is dropped: the round's deadline, where the round alone was waited for. */
function silenceOf({ patience }: Collector, { reason }: AbortSignal): FedwardError {
  if (patience === 0 && hasCode(reason, 'DEADLINE_PASSED')) return reason;
  return silent(`no answer within ${patience} further rounds`);
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
