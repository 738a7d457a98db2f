import { FedwardError, isFedwardError, type Client } from '@fedward/core';
import type { Connect } from '../../transport/clients.js';
import type { Broken } from '../expect.js';
import { copy, loopback, parts } from './reference.js';

const viaJson = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      ArrayBuffer.isView(member) ? { array: Array.from(member as Float32Array) } : member,
    ),
    (_, member: { array?: number[] }) => (member?.array ? Float32Array.from(member.array) : member),
  ) as T;

const wholeBuffer = <T>(value: T): T => {
  const { payload } = value as { payload?: { layout: unknown; values: Float32Array } };
  return payload
    ? { ...copy(value), payload: { ...payload, values: new Float32Array(payload.values.buffer.slice(0)) } }
    : copy(value);
};

export const brokenTransports: Record<string, Broken<Connect>> = {
  'shares memory with its clients': {
    create: () => loopback({ copyTask: (task) => task, copyAnswer: (answer) => answer }),
    fails: [
      'a client that writes to its task does not reach the server',
      'a client that writes to the model while evaluating does not reach the server',
      'a server that writes to a result does not reach the client',
      'a server that goes on writing to its model does not reach the client',
      'two clients do not see what the other writes',
      'the bytes of call(), where it has one, are copies',
    ],
  },

  'copies tasks, but not answers': {
    create: () => loopback({ copyAnswer: (answer) => answer }),
    fails: [
      'a server that writes to a result does not reach the client',
      'the bytes of call(), where it has one, are copies',
    ],
  },

  'copies answers, but not tasks': {
    create: () => loopback({ copyTask: (task) => task }),
    fails: [
      'a client that writes to its task does not reach the server',
      'a client that writes to the model while evaluating does not reach the server',
      'a server that goes on writing to its model does not reach the client',
      'two clients do not see what the other writes',
      'the bytes of call(), where it has one, are copies',
    ],
  },

  'sends arrays as JSON': {
    create: () => loopback({ copyTask: viaJson, copyAnswer: viaJson }),
    fails: [
      'a task arrives bit for bit',
      'a result arrives bit for bit',
      'an evaluation arrives bit for bit, both ways',
    ],
  },

  'sends the whole buffer behind an array': {
    create: () => loopback({ copyTask: wholeBuffer }),
    fails: ['a task arrives bit for bit', 'an evaluation arrives bit for bit, both ways'],
  },

  'makes one call after the other': {
    create: () => (clients) => {
      let last: Promise<unknown> = Promise.resolve();
      return loopback({
        run(call, signal, id) {
          const before = last;
          const mine = parts.run((passed) => before.then(() => call(passed)), signal, id);
          last = mine.catch(() => undefined);
          return mine;
        },
      })(clients);
    },
    fails: ['several clients work at the same time'],
  },

  'gives the first answer to whoever waits': {
    create: () => (clients) => {
      const waiting = new Map<string, ((answer: never) => void)[]>();
      return loopback({
        run: (call, signal, id) =>
          parts.run(
            (passed) =>
              new Promise((resolve, reject) => {
                const queue = waiting.get(id) ?? [];
                waiting.set(id, queue);
                queue.push(resolve as (answer: never) => void);
                call(passed).then((answer) => queue.shift()!(answer as never), reject);
              }),
            signal,
            id,
          ),
      })(clients);
    },
    fails: ['calls to one client at once get their own answers', 'a client whose call was aborted can be asked again'],
  },

  'looks clients up in an object': {
    create: () => loopback({ find: (clients, id) => (Object.fromEntries(clients) as Record<string, Client>)[id] }),
    fails: ['a client that is not there is CLIENT_UNKNOWN'],
  },

  'asks the first client, whoever is meant': {
    create: () => loopback({ find: (clients, id) => (clients.has(id) ? [...clients.values()][0] : undefined) }),
    fails: [
      'every client gets its own calls',
      'several clients work at the same time',
      "a client's error arrives with its code and message",
      'two clients do not see what the other writes',
      'an abort of one call leaves the others alone',
    ],
  },

  'sends bytes as text': {
    create: () =>
      loopback({
        copyTask: (task) =>
          task instanceof Uint8Array
            ? (new TextEncoder().encode(new TextDecoder().decode(task)) as typeof task)
            : copy(task),
      }),
    fails: ['call(), where it has one, carries every byte both ways'],
  },

  'answers for a client that takes no messages': {
    create: () =>
      loopback({
        find: (clients, id) => clients.get(id) && { call: async () => new Uint8Array(), ...clients.get(id)! },
      }),
    fails: ['call() of a client without one rejects'],
  },

  'waits for a client that ignores the signal': {
    create: () => loopback({ run: (call, signal) => call(signal) }),
    fails: [
      'a signal that has fired already is ABORTED',
      'an abort ends a call at once, even where the client ignores it',
      'an abort reaches the client',
      'an abort of one call leaves the others alone',
      'a client whose call was aborted can be asked again',
    ],
  },

  'cuts a message off at a megabyte': {
    create: () =>
      loopback({
        copyTask(task) {
          const copied = copy(task) as { payload?: { layout: unknown; values: Float32Array } };
          if (!copied.payload) return copied as typeof task;
          const values = copied.payload.values.fill(0, 2 ** 18);
          return { ...copied, payload: { ...copied.payload, values } } as typeof task;
        },
      }),
    fails: ['a model of a million values arrives, both ways'],
  },

  'gives a client up once a call was aborted': {
    create: () => (clients) => {
      const lost = new Set<string>();
      return loopback({
        find: (byId, id) => (lost.has(id) ? undefined : byId.get(id)),
        async run(call, signal, id) {
          signal.addEventListener('abort', () => lost.add(id));
          return parts.run(call, signal, id);
        },
      })(clients);
    },
    fails: ['a client whose call was aborted can be asked again'],
  },

  'does not pass the signal on': {
    create: () =>
      loopback({ run: (call, signal, id) => parts.run(() => call(new AbortController().signal), signal, id) }),
    fails: ['an abort reaches the client'],
  },

  'makes every error its own': {
    create: () => loopback({ fail: (error) => new FedwardError('CLIENT_FAILED', String((error as Error).message)) }),
    fails: [
      "a client's error arrives with its code and message",
      'a signal that has fired already is ABORTED',
      'an abort ends a call at once, even where the client ignores it',
      'an abort reaches the client',
      'an abort of one call leaves the others alone',
      'a client whose call was aborted can be asked again',
    ],
  },

  'loses the messages of errors': {
    create: () =>
      loopback({
        fail: (error) => (isFedwardError(error) ? new FedwardError(error.code, 'failed') : new Error('failed')),
      }),
    fails: ["a client's error arrives with its code and message", 'an error without a code rejects with its message'],
  },

  'goes on after it was closed': {
    create: () => loopback({ closes: false }),
    fails: ['a closed transport rejects every call'],
  },

  'lists all clients but the first': {
    create: () => loopback({ order: (ids) => ids.slice(1) }),
    fails: ['clients() names every client, always in the same order'],
  },

  'lists the client first that was asked last': {
    create: () => loopback({ order: (ids, last) => (last ? [last, ...ids.filter((id) => id !== last)] : ids) }),
    fails: ['clients() names every client, always in the same order'],
  },
};
