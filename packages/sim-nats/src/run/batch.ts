import { FedwardError } from '@fedward/core';
import type { Frame, ServiceName, SiteDone, SiteJob } from '@fedward/sim-healthcare';
import type { Ask, Job } from '../messages.js';
import type { PiecesRef } from '../hub/pieces.js';

/** A client that is waited for. */
export interface Errand {
  readonly job: SiteJob;
  readonly frame: Frame;
  readonly signal: AbortSignal;
  readonly services: ((service: ServiceName, given: readonly unknown[]) => unknown) | undefined;
  resolve(done: SiteDone): void;
  reject(error: Error): void;
}

/** What is not to be done twice where a client is trained twice, since another worker began with it. */
const doneOnce: readonly ServiceName[] = ['charge', 'take', 'giveBack'];

/** Clients that one worker trains, until all of them are there or nobody waits for any. */
export class Batch {
  readonly #open: Set<number>;
  readonly #stops: (() => void)[] = [];
  /** By client and question: a worker that asks again, and one that began again, are told the same. */
  readonly #told = new Map<string, unknown>();
  /** `performance.now()` when it was last put into the queue. */
  sentAt = Infinity;
  /** Its number in the queue. */
  seq: number | undefined;

  constructor(
    readonly name: string,
    readonly frame: PiecesRef,
    private readonly errands: readonly Errand[],
    onOver: (batch: Batch) => void,
  ) {
    this.#open = new Set(errands.keys());
    for (const [i, { signal, reject, job }] of errands.entries()) {
      const stop = (): void => {
        if (!this.#open.delete(i)) return;
        reject(new FedwardError('ABORTED', `${job.clientId} was stopped`, job.clientId));
        if (this.over) onOver(this);
      };
      if (signal.aborted) queueMicrotask(stop);
      else signal.addEventListener('abort', stop, { once: true });
      this.#stops.push(stop);
    }
  }

  /** True where nobody waits any more. */
  get over(): boolean {
    return this.#open.size === 0;
  }

  get order(): Job {
    const clients = this.errands.map(({ job: { clientId: id, taken, ledger, vouches, dataSheet } }) => ({
      ...{ id, taken, ledger },
      ...(vouches !== undefined && { vouches }),
      ...(dataSheet !== undefined && { dataSheet }),
    }));
    return { frame: this.frame, clients };
  }

  /** Answers a question of one of its clients, as the run's own process does. */
  async answer({ client, ask, service, given }: Ask): Promise<unknown> {
    const errand = this.errands[client];
    if (!errand || !this.#open.has(client)) throw new FedwardError('ABORTED', 'nobody waits for this client any more');
    if (!errand.services) throw new FedwardError('CONFIG_INCOMPATIBLE', `there is nobody here for ${service}`);
    if (!doneOnce.includes(service)) return errand.services(service, given);
    const key = `${client} ${ask} ${service}`;
    // The promise is kept, not what it gives: a second question may come while the first is answered.
    if (!this.#told.has(key)) this.#told.set(key, errand.services(service, given));
    return this.#told.get(key);
  }

  /** @throws {FedwardError} MESSAGE_INVALID where it is not what came of these clients */
  settle(done: readonly SiteDone[]): void {
    if (done.length !== this.errands.length)
      throw new FedwardError('MESSAGE_INVALID', `${done.length} answers came of ${this.errands.length} clients`);
    this.#each((errand, i) => errand.resolve(done[i]!));
  }

  fail(error: Error): void {
    this.#each(({ reject }) => reject(error));
  }

  #each(one: (errand: Errand, index: number) => void): void {
    const open = [...this.#open];
    this.#open.clear();
    for (const [i, { signal }] of this.errands.entries()) signal.removeEventListener('abort', this.#stops[i]!);
    for (const i of open) one(this.errands[i]!, i);
  }
}
