import { everyone, type Client, type Clock, type Collector, type Transport, type Update } from '@fedward/core';

/** An answer that is on its way to the server, or a call that is due. */
interface Due {
  readonly at: number;
  /** Of the same moment the first of these: a client's place, and after all of them what was to be called. */
  readonly place: number;
  happen(): void;
}

/**
 * A clock of a simulation, by which hospitals take their time: their work is done at once, as fast as the machine can, and
 * the server gets one answer after the other as they would come in. So that what arrives when depends on no thread and on no
 * load: the next answer is let through only when the server waits, and all whom it waits for are known to be at work.
 *
 * That the server waits is told by its collector, which is asked at the start of a round and after each arrival: one answer,
 * or one deadline, for each time that it has not enough.
 */
export class SimulatedClock implements Clock {
  readonly unit = 'simulated seconds';
  readonly #due = new Set<Due>();
  #now = 0;
  #atWork = 0;
  /** How many answers the server waits for; undefined while it is busy with one. */
  #awaited: number | undefined;

  now(): number {
    return this.#now;
  }

  goOnFrom(seconds: number): void {
    this.#now = seconds;
  }

  after(seconds: number, call: () => void): () => void {
    const due = { at: this.#now + seconds, place: Infinity, happen: call };
    this.#due.add(due);
    return () => void this.#due.delete(due);
  }

  /** A collector that says the same, and lets the clock know when it waits. */
  collector(inner: Collector = everyone): Collector {
    return {
      ...inner,
      enough: (progress) => {
        const enough = inner.enough?.(progress) ?? progress.underWay === 0;
        this.#awaited = enough ? undefined : progress.underWay;
        this.#letThrough();
        return enough;
      },
    };
  }

  /**
   * A transport whose answers take their time. A client that fails is missed at the time at which it would have answered.
   * @param secondsOf how long a client's answer takes, simulated seconds, > 0
   */
  transport(inner: Transport, secondsOf: (id: string) => number): Transport {
    const places = new Map(inner.clients().map((id, place) => [id, place]));
    const answer = (id: string, answered: Promise<Update>, signal: AbortSignal): Promise<Update> =>
      new Promise((resolve, reject) => {
        const due: Due = {
          at: this.#now + secondsOf(id),
          place: places.get(id) ?? places.size,
          happen: () => {
            this.#atWork--;
            signal.removeEventListener('abort', forget);
            answered.then(resolve, reject);
          },
        };
        const forget = (): void => {
          if (this.#due.delete(due)) this.#atWork--;
          answered.then(resolve, reject);
        };
        this.#due.add(due);
        this.#atWork++;
        signal.addEventListener('abort', forget, { once: true });
        this.#letThrough();
      });
    return {
      ...inner,
      client(id): Client {
        const client = inner.client(id);
        return {
          ...client,
          answer: (task, signal) => {
            const answered = client.answer(task, signal);
            answered.catch(() => undefined); // told when its time has come
            return answer(id, answered, signal);
          },
        };
      },
    };
  }

  #letThrough(): void {
    if (this.#awaited !== this.#atWork) return;
    this.#awaited = undefined;
    const next = [...this.#due].reduce<Due | undefined>((first, due) => (first && !before(due, first) ? first : due), undefined); // prettier-ignore
    if (!next) return;
    this.#due.delete(next);
    this.#now = next.at;
    next.happen();
  }
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.place < b.place);
}
