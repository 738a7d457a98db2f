import { FedwardError, hasCode, isFedwardError, type Client } from '@fedward/core';
import type { Connect } from '../../transport/clients.js';
import type { Broken } from '../expect.js';
import { brokenMessages } from './messages.js';
import { loopback, parts } from './reference.js';

export const brokenTransports: Record<string, Broken<Connect>> = {
  ...brokenMessages,

  'shares memory with its clients': {
    create: () => loopback({ copyTask: (task) => task, copyAnswer: (answer) => answer }),
    fails: [
      'a client that writes to its task does not reach the server',
      'a client that writes to the model while evaluating does not reach the server',
      'a server that writes to a result does not reach the client',
      'a server that goes on writing to its model does not reach the client',
      'two clients do not see what the other writes',
      'the state of a call is a copy, both ways',
      'what a site says of itself, and a plan, are copies',
    ],
  },

  'copies tasks, but not answers': {
    create: () => loopback({ copyAnswer: (answer) => answer }),
    fails: [
      'a server that writes to a result does not reach the client',
      'the state of a call is a copy, both ways',
      'what a site says of itself, and a plan, are copies',
    ],
  },

  'copies answers, but not tasks': {
    create: () => loopback({ copyTask: (task) => task }),
    fails: [
      'a client that writes to its task does not reach the server',
      'a client that writes to the model while evaluating does not reach the server',
      'a server that goes on writing to its model does not reach the client',
      'two clients do not see what the other writes',
      'the state of a call is a copy, both ways',
      'what a site says of itself, and a plan, are copies',
    ],
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
      'an error with a code that nobody here knows arrives as it is',
      'every client gets its own calls',
      'several clients work at the same time',
      "a client's error arrives with its code, family, subject and message",
      'two clients do not see what the other writes',
      'an abort of one call leaves the others alone',
    ],
  },

  'knows the codes of its own version alone': {
    create: () =>
      loopback({
        fail: (error) =>
          hasCode(error, 'SITE_ON_FIRE') ? new FedwardError('CLIENT_FAILED', error.message, error.subject) : error,
      }),
    fails: ['an error with a code that nobody here knows arrives as it is'],
  },

  'takes every error that it does not know for one of the run': {
    create: () =>
      loopback({
        fail: (error) => (isFedwardError(error) ? new FedwardError(error.code, error.message, error.subject) : error),
      }),
    fails: ['an error with a code that nobody here knows arrives as it is'],
  },

  'loses the subjects of errors': {
    create: () =>
      loopback({
        fail: (error) =>
          isFedwardError(error)
            ? new FedwardError(error.code, error.message, undefined, { family: error.family })
            : error,
      }),
    fails: [
      "a client's error arrives with its code, family, subject and message",
      'an error with a code that nobody here knows arrives as it is',
    ],
  },

  'has no words for what is no error': {
    create: () => loopback({ fail: (error) => (error instanceof Error ? error : new Error('failed')) }),
    fails: ['what is thrown and no error rejects too'],
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

  'gives a client up once a call was aborted': {
    create: () => (clients) => {
      const lost = new Set<string>();
      return loopback({
        find: (byId, id) => (lost.has(id) ? undefined : byId.get(id)),
        async run(call, signal, id) {
          const lose = (): void => void lost.add(id);
          signal.addEventListener('abort', lose);
          return parts.run(call, signal, id).finally(() => signal.removeEventListener('abort', lose));
        },
      })(clients);
    },
    fails: ['a client whose call was aborted can be asked again'],
  },

  'leaves a listener on each signal': {
    create: () => {
      const known = new WeakSet<AbortSignal>();
      return loopback({
        run(call, signal, id) {
          if (!known.has(signal)) signal.addEventListener('abort', () => undefined);
          known.add(signal);
          return parts.run(call, signal, id);
        },
      });
    },
    fails: ['a call that is over leaves no listener on its signal'],
  },

  'does not pass the signal on': {
    create: () =>
      loopback({ run: (call, signal, id) => parts.run(() => call(new AbortController().signal), signal, id) }),
    fails: ['an abort reaches the client'],
  },

  'makes every error its own': {
    create: () => loopback({ fail: (error) => new FedwardError('CLIENT_FAILED', String((error as Error).message)) }),
    fails: [
      'what is thrown and no error rejects too',
      'an error with a code that nobody here knows arrives as it is',
      "a client's error arrives with its code, family, subject and message",
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
    fails: [
      'what is thrown and no error rejects too',
      'an error with a code that nobody here knows arrives as it is',
      "a client's error arrives with its code, family, subject and message",
      'an error without a code rejects with its message',
    ],
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
