import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResourceLimits } from 'node:worker_threads';
import { FedwardError } from '@fedward/core';
import type { TrainerSource } from '../wiring/trainers.js';
import type { AnyJob } from './messages.js';
import { Thread, type Errand, type Services, type ThreadMemory } from './thread.js';

/** Where the build puts the worker: beside the file that this code ends up in. */
export const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url));

/** How many jobs a thread is given ahead, so that it never waits for the main thread while there are others. */
const ahead = 3;

export interface PoolOptions {
  /** Number of threads, >= 1. */
  readonly workers: number;
  readonly trainer: TrainerSource;
  /** Default: the one that was built with this package. */
  readonly file?: string;
  /** Of each thread; one that passes them dies, and fails the client that it was at work for. */
  readonly resourceLimits?: ResourceLimits;
}

export interface JobOptions {
  /** For what must wait for others. */
  readonly background?: boolean;
  /** For the site of the job. */
  readonly services?: Services;
}

/**
 * Threads that work for clients. Jobs begin in the order in which they came; those of the background begin when no other
 * waits, and hold no more than half of the threads while there may be others. A thread that dies fails the job that it was
 * at, by the client's name, and is replaced.
 */
export class ThreadPool {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread>();
  #waiting: Errand[] = [];
  #waitingBehind: Errand[] = [];
  #mostBehind: number;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#mostBehind = Math.max(1, Math.floor(options.workers / 2));
  }

  get workers(): number {
    return this.#options.workers;
  }

  static available(file = workerFile): boolean {
    return existsSync(file);
  }

  /** Starts the threads, each of which loads the trainer; otherwise the first job does. */
  start(): void {
    while (!this.#closed && this.#threads.size < this.workers) this.#begin();
  }

  /** There will be no more jobs in front: those of the background may have all threads. */
  onlyBackground(): void {
    this.#mostBehind = this.workers;
    this.#next();
  }

  /**
   * @param clientId whom the job is for
   * @param makeJob called once there is a thread for it, so that a job that waits holds no memory
   * @returns what the worker makes of it: of a `SiteJob` a `SiteDone`, else a `TrainDone`
   * @throws {FedwardError} what the trainer throws; CLIENT_FAILED where the thread died; ABORTED
   */
  run(
    clientId: string,
    makeJob: (thread: ThreadMemory) => AnyJob,
    signal: AbortSignal,
    { background = false, services }: JobOptions = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const errand: Errand = { clientId, makeJob, signal, services, background, resolve, reject };
      if (signal.aborted || this.#closed) return reject(stopped(clientId));
      (background ? this.#waitingBehind : this.#waiting).push(errand);
      this.start();
      this.#next();
    });
  }

  /** Ends all threads, at once, with whatever they are at. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { clientId, reject } of [...this.#waiting, ...this.#waitingBehind]) reject(stopped(clientId));
    this.#waiting = this.#waitingBehind = [];
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #begin(): void {
    const { trainer, file = workerFile, resourceLimits } = this.#options;
    const thread = new Thread({
      ...{ file, resourceLimits, workerData: { trainer } },
      onFree: () => this.#next(),
      onDeath: (dead, why, [first, ...others]) => {
        this.#threads.delete(dead);
        if (first)
          first.reject(this.#closed || first.signal.aborted ? stopped(first.clientId) : died(first.clientId, why));
        for (const errand of this.#closed ? others : []) errand.reject(stopped(errand.clientId));
        if (this.#closed) return;
        this.#waiting.unshift(...others.filter(({ background }) => !background));
        this.#begin();
        this.#next();
      },
    });
    this.#threads.add(thread);
  }

  #next(): void {
    const threads = [...this.#threads];
    while (this.#waiting.length > 0) {
      const free = threads.filter((thread) => !thread.hasBackground && thread.load < this.#mostAhead());
      const thread = least(free);
      if (!thread) break;
      const errand = this.#waiting.shift()!;
      if (errand.signal.aborted) errand.reject(stopped(errand.clientId));
      else thread.send(errand);
    }
    for (;;) {
      const behind = threads.filter(({ hasBackground }) => hasBackground).length;
      const idle = threads.find(({ load }) => load === 0);
      if (!idle || behind >= this.#mostBehind || this.#waitingBehind.length === 0) return;
      const errand = this.#waitingBehind.shift()!;
      if (errand.signal.aborted) errand.reject(stopped(errand.clientId));
      else idle.send(errand);
    }
  }

  /** One each where few wait: a job that is ahead in a busy thread can't go to one that is free sooner. */
  #mostAhead(): number {
    return this.#waiting.length > this.workers ? ahead : 1;
  }
}

function least(threads: readonly Thread[]): Thread | undefined {
  return threads.reduce<Thread | undefined>(
    (best, thread) => (best && best.load <= thread.load ? best : thread),
    undefined,
  );
}

function stopped(clientId: string): FedwardError {
  return new FedwardError('ABORTED', `${clientId} was stopped`, clientId);
}

function died(clientId: string, why: string): FedwardError {
  const message = `${clientId}: the worker thread died while it trained: ${why}`;
  return new FedwardError('CLIENT_FAILED', message, clientId);
}
