import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import type { ResourceLimits } from 'node:worker_threads';
import { FedwardError } from '@fedward/core';
import type { Pool, Promise as WorkPromise } from 'workerpool';
import type { TrainerSource } from '../trainers.js';
import type { AnyJob, Answer, Done, SentJob } from './messages.js';

/** Where the build puts the worker: beside the file that this code ends up in. */
export const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url));

/** How long a trainer that was told to stop may go on before its thread is ended. */
const graceMilliseconds = 2000;

/** How long an idle thread has to end by itself at the close. Nothing is lost with it: results are out by then. */
const killAfterMilliseconds = 50;

export interface PoolOptions {
  /** Number of threads, >= 1. */
  readonly workers: number;
  readonly trainer: TrainerSource;
  /** Default: the one that was built with this package. */
  readonly file?: string;
  /** Of each thread; one that passes them dies, and fails the client that it was training. */
  readonly resourceLimits?: ResourceLimits;
}

interface Waiting {
  readonly signal: AbortSignal;
  start(): Promise<unknown>;
  refuse(error: FedwardError): void;
}

/**
 * Threads that train. Jobs begin in the order in which they came; those of the background begin when no other waits, and
 * hold no more than half of the threads while there may be others. A thread that dies fails the job that it was
 * at, by the client's name, and is replaced.
 */
export class TrainerPool {
  readonly #options: PoolOptions;
  #pool: Promise<Pool> | undefined;
  #waiting: Waiting[] = [];
  #waitingBehind: Waiting[] = [];
  #running = 0;
  #runningBehind = 0;
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
    this.#pool ??= this.#create();
  }

  /** There will be no more jobs in front: those of the background may have all threads. */
  onlyBackground(): void {
    this.#mostBehind = this.workers;
    this.#next();
  }

  /**
   * @param clientId whom the job is for
   * @param makeJob called once there is a thread for it, so that a job that waits holds no memory
   * @throws {FedwardError} what the trainer throws; CLIENT_FAILED where the thread died; ABORTED
   */
  run(
    clientId: string,
    makeJob: () => AnyJob,
    signal: AbortSignal,
    { background = false }: { readonly background?: boolean } = {},
  ): Promise<Done> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        signal,
        refuse: reject,
        start: () => this.#carryOut(clientId, makeJob, signal).then(resolve, reject),
      };
      (background ? this.#waitingBehind : this.#waiting).push(waiting);
      this.#next();
    });
  }

  /** Ends all threads, at once, with whatever they are at. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = new FedwardError('ABORTED', 'the worker threads were ended');
    for (const { refuse } of [...this.#waiting, ...this.#waitingBehind]) refuse(stopped);
    this.#waiting = this.#waitingBehind = [];
    await (await this.#pool)?.terminate(true);
  }

  #next(): void {
    while (this.#running + this.#runningBehind < this.workers) {
      const front = this.#waiting.shift();
      if (front) {
        this.#running++;
        void front.start().finally(() => {
          this.#running--;
          this.#next();
        });
        continue;
      }
      const behind = this.#runningBehind < this.#mostBehind ? this.#waitingBehind.shift() : undefined;
      if (!behind) return;
      this.#runningBehind++;
      void behind.start().finally(() => {
        this.#runningBehind--;
        this.#next();
      });
    }
  }

  /** Settles once the thread is free again, or dead. */
  async #carryOut(clientId: string, makeJob: () => AnyJob, signal: AbortSignal): Promise<Done> {
    this.start();
    const pool = await this.#pool!;
    const { port1, port2 } = new MessageChannel();
    let work: WorkPromise<Answer> | undefined;
    let lastResort: NodeJS.Timeout | undefined;
    const stop = (): void => {
      port1.postMessage('stop');
      lastResort = setTimeout(() => void work?.cancel(), graceMilliseconds);
      lastResort.unref();
    };
    try {
      if (signal.aborted || this.#closed) throw new FedwardError('ABORTED', `${clientId} was stopped`, clientId);
      signal.addEventListener('abort', stop, { once: true });
      work = pool.exec('carryOut', [{ ...makeJob(), stop: port2 } satisfies SentJob], {
        transfer: [port2],
      }) as WorkPromise<Answer>;
      let answer: Answer;
      try {
        answer = await work;
      } catch (cause) {
        if (signal.aborted) throw new FedwardError('ABORTED', `${clientId} was stopped`, clientId, { cause });
        const message = `${clientId}: the worker thread died while it trained: ${reasonOf(cause)}`;
        throw new FedwardError('CLIENT_FAILED', message, clientId, { cause });
      }
      if (!answer.ok) throw errorOf(answer);
      return answer;
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(lastResort);
      port1.close();
    }
  }

  async #create(): Promise<Pool> {
    const { workers, trainer, file = workerFile, resourceLimits } = this.#options;
    const { default: workerpool } = await import('workerpool'); // CommonJS: bundled, it has no other export
    return workerpool.pool(file, {
      workerType: 'thread',
      minWorkers: workers,
      maxWorkers: workers,
      workerTerminateTimeout: killAfterMilliseconds,
      workerThreadOpts: { workerData: { trainer }, ...(resourceLimits && { resourceLimits }) },
    });
  }
}

/** The pool's own words are many lines; the exit code is among them. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = /exitCode: `(\d+)`/.exec(text)?.[1];
  return code === undefined ? text.replace(/^Workerpool Worker error: /, '') : `exit code ${code}`;
}

function errorOf({ name, code, message, subject }: Exclude<Answer, Done>): Error {
  if (code !== undefined) return new FedwardError(code as FedwardError['code'], message, subject);
  return Object.assign(new Error(message), { name });
}
