import { FedwardError, type TrainingData } from '@fedward/core';
import type { TrainerSource } from '@fedward/sim-healthcare/training';
import type { Job } from './messages.js';
import { startChild, type ProcessLimits } from './start-child.js';
import { TrainingChild } from './training-child.js';

export interface WorkerOptions extends ProcessLimits {
  readonly trainer: TrainerSource;
  readonly execArgv?: readonly string[];
  readonly onEnd?: (why: string) => void;
}

/** What became of the processes of a trainer. */
export interface WorkerStats {
  readonly started: number;
  /** Those that ended before they were told to. */
  readonly failed: number;
  /** Of the one that there is. */
  readonly pid?: number;
}

interface RunLimits {
  readonly signal?: AbortSignal;
  readonly seconds?: number;
}

/** Keeps a process for tasks, and asks it one after the other. */
export class TrainingWorker {
  #child: TrainingChild | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();
  #started = 0;
  #failed = 0;

  constructor(private readonly options: WorkerOptions) {}

  /** @param subject whom or what a failure is about */
  run(subject: string, makeJob: (data: number) => Job, data?: TrainingData, limits: RunLimits = {}): Promise<unknown> {
    const result = this.#last.then(() => this.#runNow(subject, makeJob, data, limits));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #runNow(
    subject: string,
    makeJob: (data: number) => Job,
    data: TrainingData | undefined,
    { signal, seconds }: RunLimits,
  ): Promise<unknown> {
    const late = new AbortController();
    const either = AbortSignal.any([this.#closing.signal, late.signal, ...(signal ? [signal] : [])]);
    const stopped = (): FedwardError => new FedwardError('ABORTED', `${subject} was stopped`, subject);
    if (either.aborted) throw stopped();
    const timer = seconds === undefined ? undefined : setTimeout(() => late.abort(), seconds * 1000);
    const child = this.#usableChild();
    try {
      return await child.ask(makeJob, data, either);
    } catch (error) {
      if (this.#closing.signal.aborted || signal?.aborted) throw stopped();
      if (late.signal.aborted) throw failed(subject, `was stopped at the site's own limit of ${seconds} s`);
      if (!child.usable) throw failed(subject, (error as Error).message);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #usableChild(): TrainingChild {
    if (this.#child?.usable) return this.#child;
    const { trainer, execArgv = process.execArgv, onEnd } = this.options;
    this.#started++;
    this.#child = new TrainingChild(startChild(trainer, this.options, execArgv), (ended, why) => {
      if (this.#child === ended) this.#child = undefined;
      if (this.#closing.signal.aborted) return;
      this.#failed++;
      onEnd?.(why);
    });
    return this.#child;
  }

  stats(): WorkerStats {
    const pid = this.#child?.pid;
    return { started: this.#started, failed: this.#failed, ...(pid !== undefined && { pid }) };
  }

  /** Ends the process at once; resolves once it is gone and nothing waits. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#child?.end('was closed');
    await this.#last;
  }
}

function failed(subject: string, why: string): FedwardError {
  return new FedwardError('CLIENT_FAILED', `${subject}: the training process ${why}`, subject);
}
