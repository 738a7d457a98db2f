import type { ChildProcess } from 'node:child_process';
import { FedwardError, type TrainingData } from '@fedward/core';
import { receiveError } from '@fedward/sim-healthcare/training';
import type { FromChild, Job, ToChild } from './messages.js';
import { SentData } from './sent-data.js';
import { overMemory } from './watchdog.js';

/** How long a trainer that was told to stop may go on before its process is ended. */
const graceMilliseconds = 2000;
/** Of what the process says on its standard error, the newest characters: enough to know why it ended. */
const mostHeard = 4096;

/** A training process, as its daemon has it. It is asked one thing after the other. */
export class TrainingChild {
  readonly #sent = new SentData();
  readonly #ended: Promise<void>;
  #job: { readonly id: number; resolve(result: unknown): void; reject(error: Error): void } | undefined;
  #next = 0;
  #heard = '';
  /** Why this daemon ended it; or what became of it. */
  #why: string | undefined;
  #dead = false;

  constructor(
    private readonly child: ChildProcess,
    onEnd: (child: TrainingChild, why: string) => void,
  ) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#heard = (this.#heard + text).slice(-mostHeard);
    });
    child.on('message', (message: FromChild) => this.#receive(message));
    child.on('error', (error) => (this.#why ??= `could not be started or asked: ${error.message}`));
    child.on('disconnect', () => setTimeout(() => void this.end('no longer listened'), graceMilliseconds).unref());
    this.#ended = new Promise((resolve) => {
      const end = (signal: NodeJS.Signals | null): void => {
        if (this.#dead) return;
        this.#dead = true;
        this.#why ??= whyItEnded(signal, this.#heard);
        this.#job?.reject(new Error(this.#why));
        onEnd(this, this.#why);
        resolve();
      };
      child.on('exit', (_code, signal) => {
        this.#killGroup(); // what it has started and left
        setTimeout(() => end(signal), graceMilliseconds).unref();
      });
      child.on('close', (_code, signal) => end(signal)); // what it said last has been heard by then
      if (child.pid === undefined) child.on('error', () => end(null));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** False once it has ended, or is about to. */
  get usable(): boolean {
    return !this.#dead && this.#why === undefined;
  }

  /**
   * @param makeJob called once the data are there, with their number
   * @throws {Error} of the process, if it ends: its message says how, as a part of a sentence
   * @throws what the trainer throws; {FedwardError} ABORTED
   */
  async ask(makeJob: (data: number) => Job, data: TrainingData | undefined, signal: AbortSignal): Promise<unknown> {
    const id = this.#next++;
    let lastResort: NodeJS.Timeout | undefined;
    const done = new Promise((resolve, reject) => (this.#job = { id, resolve, reject }));
    done.catch(() => undefined); // it may end while data are on their way
    const stop = (): void => {
      void this.#send({ kind: 'stop', id }).catch(() => undefined);
      lastResort = setTimeout(() => void this.end('did not stop when it was told to'), graceMilliseconds);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (this.#dead) throw new Error(this.#why);
      const number = data ? await this.#sent.ensure(data, (message) => this.#send(message)) : -1;
      if (signal.aborted) throw new FedwardError('ABORTED', 'the training was stopped');
      await this.#send({ kind: 'job', id, job: makeJob(number) });
      return await done;
    } catch (error) {
      // What could not be sent to a process that has ended is told by how it ended.
      if (!this.usable || !this.child.connected) await this.#ended;
      throw this.#dead ? new Error(this.#why) : error;
    } finally {
      this.#job = undefined;
      clearTimeout(lastResort);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends it at once, with all that it has started; resolves once it is gone. */
  async end(why: string): Promise<void> {
    this.#why ??= why;
    if (!this.#dead && !this.#killGroup()) this.child.kill('SIGKILL');
    await this.#ended;
  }

  /** It leads a group of its own, where the platform has groups. */
  #killGroup(): boolean {
    try {
      return process.platform !== 'win32' && this.child.pid !== undefined && process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      return false; // there is nobody left in it
    }
  }

  #send(message: ToChild): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.send(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  #receive(message: FromChild): void {
    if (message.id !== this.#job?.id) return;
    if (message.kind === 'done') this.#job.resolve(message.result);
    else this.#job.reject(receiveError(message.error));
  }
}

/** In words, without numbers: the code with which a trainer ends could be made of what it has seen. */
function whyItEnded(signal: NodeJS.Signals | null, heard: string): string {
  const memory = heard.includes(overMemory) || /heap limit|out of memory|allocation failed/i.test(heard);
  if (memory) return 'needed more memory than the site allows it';
  if (signal === 'SIGKILL') return 'was killed, by the system for want of memory or by someone';
  return signal === null ? 'ended before it had answered' : `ended by ${signal}`;
}
