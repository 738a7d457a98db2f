import type { MessagePort, Transferable } from 'node:worker_threads';
import { receiveError, sendError } from './errors.js';
import type { AnyJob, FromWorker, ServiceName, ToWorker } from './messages.js';

/** What a job may do beside its work. */
export interface JobContext {
  readonly signal: AbortSignal;
  /** Asks the main thread. */
  ask(service: ServiceName, ...given: readonly unknown[]): Promise<unknown>;
}

/** What came of a job, with the memory that goes with it. */
export interface JobResult {
  readonly result: unknown;
  readonly transfer: readonly ArrayBufferLike[];
}

/**
 * The worker's end: carries out jobs in order, one at a time, whatever each waits for.
 * @param arrive called as soon as a job is there, in the order of sending
 */
export function serveJobs<J>(
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  arrive: (job: AnyJob) => J,
  carryOut: (job: J, context: JobContext) => Promise<JobResult>,
): void {
  const stops = new Map<number, AbortController>();
  const asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asks = 0;
  let last: Promise<void> = Promise.resolve();
  const post = (message: FromWorker, transfer: readonly ArrayBufferLike[] = []): void =>
    port.postMessage(message, transfer as Transferable[]);

  const one = async (id: number, job: J, signal: AbortSignal): Promise<void> => {
    const ask: JobContext['ask'] = (service, ...given) =>
      new Promise((resolve, reject) => {
        const ask = asks++;
        asked.set(ask, { resolve, reject });
        post({ kind: 'ask', id, ask, service, given });
      });
    try {
      const { result, transfer } = await carryOut(job, { signal, ask });
      post({ kind: 'done', id, result }, transfer);
    } catch (error) {
      post({ kind: 'done', id, error: sendError(error) });
    } finally {
      stops.delete(id);
    }
  };

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') return stops.get(message.id)?.abort();
    if (message.kind === 'told') {
      const { resolve, reject } = asked.get(message.ask)!;
      asked.delete(message.ask);
      return message.error ? reject(receiveError(message.error)) : resolve(message.value);
    }
    const { id } = message;
    const job = arrive(message.job);
    const stop = new AbortController();
    stops.set(id, stop);
    last = last.then(() => one(id, job, stop.signal));
  });
}
