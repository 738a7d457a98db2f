import { FedwardError, type Client, type Transport } from '@fedward/core';
import type { Connect } from '../../transport/clients.js';

/** The parts of a transport, each to be replaced by a broken one. */
interface Parts {
  copyTask<T>(task: T): T;
  copyAnswer<T>(answer: T): T;
  find(clients: ReadonlyMap<string, Client>, id: string): Client | undefined;
  /** Runs a call until the signal fires. */
  run<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, id: string): Promise<T>;
  fail(error: unknown): unknown;
  order(ids: readonly string[], lastAsked: string | undefined): readonly string[];
  readonly closes: boolean;
}

export const parts: Parts = {
  copyTask: copy,
  copyAnswer: copy,
  find: (clients, id) => clients.get(id),
  run: (call, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(new FedwardError('ABORTED', 'stopped'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      call(signal)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    }),
  fail: (error) => error,
  order: (ids) => ids,
  closes: true,
};

/** Every array, and the part of it that is looked at, alone. */
export function copy<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return (value as unknown as Uint8Array).slice() as T;
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)])) as T;
}

/** A correct transport within one process, as small as it can be, or a broken one. */
export const loopback =
  (changes: Partial<Parts> = {}): Connect =>
  async (clients) => {
    const { copyTask, copyAnswer, find, run, fail, order, closes } = { ...parts, ...changes };
    const byId = new Map(clients.map((client) => [client.id, client]));
    let closed = false;
    let lastAsked: string | undefined;
    const ask = async <Task, Answer>(
      id: string,
      task: Task,
      signal: AbortSignal,
      call: (client: Client, task: Task, signal: AbortSignal) => Promise<Answer>,
    ): Promise<Answer> => {
      if (closed && closes) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed');
      const client = find(byId, id);
      if (!client) throw new FedwardError('CLIENT_UNKNOWN', `there is no ${id}`, id);
      lastAsked = id;
      const sent = copyTask(task);
      try {
        return copyAnswer(await run(async (passed) => call(client, sent, passed), signal, id));
      } catch (error) {
        throw fail(error);
      }
    };
    const transport: Transport = {
      clients: () => order([...byId.keys()], lastAsked),
      client: (id) => ({
        id,
        describe: (signal) => ask(id, null, signal, (client, _, passed) => client.describe(passed)),
        propose: (plan, signal) => ask(id, plan, signal, (client, sent, passed) => client.propose(sent, passed)),
        answer: (task, signal) => ask(id, task, signal, (client, sent, passed) => client.answer(sent, passed)),
        evaluate: (task, signal) => ask(id, task, signal, (client, sent, passed) => client.evaluate(sent, passed)),
        call: (message, signal) => ask(id, message, signal, (client, sent, passed) => client.call(sent, passed)),
      }),
      close: async () => void (closed = true),
    };
    return transport;
  };

export const referenceTransport = (): Connect => loopback();
