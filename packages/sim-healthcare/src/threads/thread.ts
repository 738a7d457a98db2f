import { Worker, type ResourceLimits, type Transferable } from 'node:worker_threads';
import { receiveError, sendError } from './errors.js';
import type { AnyJob, Frame, FromWorker, ServiceName, ToWorker } from './messages.js';

/** What the main thread does for the site of a job. */
export type Services = (service: ServiceName, given: readonly unknown[]) => unknown;

/** A job on its way. */
export interface Errand {
  readonly clientId: string;
  /** Called once there is a thread for it, so that a job that waits holds no memory. */
  readonly makeJob: (thread: ThreadMemory) => AnyJob;
  readonly signal: AbortSignal;
  readonly services?: Services | undefined;
  readonly background: boolean;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What a thread has been sent before. */
export interface ThreadMemory {
  frame?: Frame;
}

export interface ThreadOptions {
  readonly file: string;
  readonly workerData: unknown;
  readonly resourceLimits?: ResourceLimits | undefined;
  /** After each job. */
  onFree(): void;
  /** Once the thread is no more, with why, and the errands that it had: the first was under way, the others not begun. */
  onDeath(thread: Thread, why: string, errands: readonly Errand[]): void;
}

/** How long a trainer that was told to stop may go on before its thread is ended. */
const graceMilliseconds = 2000;

/** One worker thread. It takes errands in order, one at a time. */
export class Thread {
  readonly #worker: Worker;
  readonly #memory: ThreadMemory = {};
  readonly #errands = new Map<
    number,
    { readonly errand: Errand; readonly stop: () => void; lastResort?: NodeJS.Timeout }
  >();
  #next = 0;

  constructor(private readonly options: ThreadOptions) {
    const { file, workerData, resourceLimits } = options;
    this.#worker = new Worker(file, { workerData, ...(resourceLimits && { resourceLimits }) });
    let why: string | undefined;
    this.#worker.on('message', (message: FromWorker) => void this.#receive(message));
    this.#worker.on('error', (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (code) => {
      const errands = [...this.#errands.keys()].map((id) => this.#settled(id)!);
      options.onDeath(this, why ?? `exit code ${code}`, errands);
    });
  }

  /** Number of errands that are not done. */
  get load(): number {
    return this.#errands.size;
  }

  get hasBackground(): boolean {
    return [...this.#errands.values()].some(({ errand }) => errand.background);
  }

  send(errand: Errand): void {
    const id = this.#next++;
    const stop = (): void => {
      this.#post({ kind: 'stop', id });
      this.#endUnlessDone(id);
    };
    this.#errands.set(id, { errand, stop });
    errand.signal.addEventListener('abort', stop, { once: true });
    try {
      this.#post({ kind: 'job', id, job: errand.makeJob(this.#memory) });
    } catch (error) {
      this.#settled(id)?.reject(error as Error); // what can't be sent
    }
  }

  /** Ends it at once, with whatever it is at. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** One that has not begun stops as soon as it does: the thread is not to blame for it. */
  #endUnlessDone(id: number): void {
    const known = this.#errands.get(id);
    if (!known) return;
    const [first] = this.#errands.keys();
    known.lastResort = setTimeout(() => void (id === first ? this.end() : this.#endUnlessDone(id)), graceMilliseconds);
    known.lastResort.unref();
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #settled(id: number): Errand | undefined {
    const known = this.#errands.get(id);
    this.#errands.delete(id);
    known?.errand.signal.removeEventListener('abort', known.stop);
    clearTimeout(known?.lastResort);
    return known?.errand;
  }

  async #receive(message: FromWorker): Promise<void> {
    if (message.kind === 'done') {
      const errand = this.#settled(message.id);
      if (message.error) errand?.reject(receiveError(message.error));
      else errand?.resolve(message.result);
      this.options.onFree();
      return;
    }
    const { ask, service, given } = message;
    const services = this.#errands.get(message.id)?.errand.services;
    try {
      if (!services) throw new Error(`there is nobody here for ${service}`);
      this.#post({ kind: 'told', ask, value: await services(service, given) });
    } catch (error) {
      this.#post({ kind: 'told', ask, error: sendError(error) });
    }
  }
}
