import { FedwardError, type Client } from '@fedward/core';
import { remoteClient, serveClient } from '@fedward/core/wire';
import type { RemoteClient } from '../../remote-client.js';
import type { Broken } from '../expect.js';

type Exchange = (bytes: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
type Network = (client: Client) => Promise<RemoteClient>;

/** Rejects once the signal fires, and tells the other side by it. */
const prompt =
  (exchange: Exchange): Exchange =>
  (bytes, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(new FedwardError('ABORTED', 'stopped'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      exchange(bytes, signal)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });

const network =
  (carry: (serve: Exchange) => Exchange): Network =>
  async (client) => ({
    client: remoteClient(client.id, carry(serveClient(client))),
    close: async () => undefined,
  });

const copied =
  (serve: Exchange): Exchange =>
  async (bytes, signal) =>
    (await serve(bytes.slice(), signal)).slice();

/** A correct network within one process, as small as it can be. */
export const referenceNetwork = (): Network => network((serve) => prompt(copied(serve)));

const broken = (carry: (serve: Exchange) => Exchange) => (): Network => network(carry);

/** The reference, the client behind it with other methods. */
const changed = (change: (client: Client) => Partial<Client>) => (): Network => async (client) => {
  const made = await referenceNetwork()(client);
  return { ...made, client: { ...made.client, ...change(made.client) } };
};

export const brokenNetworks: Record<string, Broken<Network>> = {
  'carries bytes as text': {
    create: broken((serve) =>
      prompt(async (bytes, signal) => serve(new TextEncoder().encode(new TextDecoder().decode(bytes)), signal)),
    ),
    fails: [
      'every client gets its own calls',
      'several clients work at the same time',
      'calls to one client at once get their own answers',
      'a task arrives bit for bit, whatever its numbers',
      'an update arrives bit for bit, whatever its numbers',
      'a model of a million values arrives, both ways',
      'an evaluation arrives bit for bit, both ways',
      'a call carries every kind of state, both ways',
      'a call arrives with its mechanism, round and cohort',
      'a client that writes to its task does not reach the server',
      'a client that writes to the model while evaluating does not reach the server',
      'a server that writes to a result does not reach the client',
      'a server that goes on writing to its model does not reach the client',
      'two clients do not see what the other writes',
      "a client's error arrives with its code, family, subject and message",
      'an error with a code that nobody here knows arrives as it is',
      'an error without a code rejects with its message',
      'what is thrown and no error rejects too',
      'an abort ends a call at once, even where the client ignores it',
      'an abort reaches the client',
      'an abort of one call leaves the others alone',
      'a client whose call was aborted can be asked again',
    ],
  },

  'carries a megabyte at most': {
    create: broken((serve) => prompt((bytes, signal) => serve(bytes.slice(0, 2 ** 20), signal))),
    fails: ['a model of a million values arrives, both ways'],
  },

  'has one place for a question, and one for an answer': {
    create: broken((serve) => {
      const answers: Uint8Array[] = [];
      return prompt(async (bytes, signal) => {
        answers.push(await serve(bytes, signal));
        await new Promise((resolve) => setTimeout(resolve, 60));
        return answers.at(-1)!;
      });
    }),
    fails: ['calls to one client at once get their own answers'],
  },

  'carries one question at a time': {
    create: () => {
      let busy = false;
      const carry = (serve: Exchange): Exchange =>
        prompt(async (bytes, signal) => {
          if (busy) throw new FedwardError('CLIENT_FAILED', 'the line is busy');
          busy = true;
          const free = (): void => void (busy = false);
          signal.addEventListener('abort', free);
          try {
            return await serve(bytes, signal);
          } finally {
            signal.removeEventListener('abort', free);
            busy = false;
          }
        });
      return async (client) => ({ ...(await network(carry)(client)), close: async () => void (busy = false) });
    },
    fails: [
      'several clients work at the same time',
      'calls to one client at once get their own answers',
      'an abort ends a call at once, even where the client ignores it',
      'an abort of one call leaves the others alone',
    ],
  },

  'waits for a client that ignores the signal': {
    create: broken(copied),
    fails: [
      'a signal that has fired already is ABORTED',
      'an abort ends a call at once, even where the client ignores it',
      'an abort reaches the client',
      'an abort of one call leaves the others alone',
      'a client whose call was aborted can be asked again',
    ],
  },

  'leaves a listener on each signal': {
    create: () => {
      const known = new WeakSet<AbortSignal>();
      const carry = (serve: Exchange): Exchange =>
        prompt((bytes, signal) => {
          if (!known.has(signal)) signal.addEventListener('abort', () => undefined);
          known.add(signal);
          return serve(bytes, signal);
        });
      return network(carry);
    },
    fails: ['a call that is over leaves no listener on its signal'],
  },

  'does not tell the other side of an abort': {
    create: broken((serve) => prompt((bytes) => serve(bytes, new AbortController().signal))),
    fails: ['an abort reaches the client'],
  },

  'is cut off by an abort': {
    create: broken((serve) => {
      let cut = false;
      return prompt((bytes, signal) => {
        if (cut) throw new FedwardError('CLIENT_UNKNOWN', 'the connection is closed');
        const cutOff = (): void => void (cut = true);
        signal.addEventListener('abort', cutOff);
        return serve(bytes, signal).finally(() => signal.removeEventListener('abort', cutOff));
      });
    }),
    fails: ['a client whose call was aborted can be asked again'],
  },

  'has errors of its own': {
    create: () => async (client) => {
      const made = await referenceNetwork()(client);
      const own =
        <Given extends unknown[], Answer>(method: (...given: Given) => Promise<Answer>) =>
        (...given: Given): Promise<Answer> =>
          method(...given).catch((error: unknown) => {
            if ((error as FedwardError).code === 'ABORTED') throw error;
            throw new FedwardError('CLIENT_FAILED', String(error));
          });
      const { describe, propose, answer, evaluate, call } = made.client;
      return {
        ...made,
        client: {
          ...{ id: client.id, describe: own(describe), propose: own(propose) },
          ...{ answer: own(answer), evaluate: own(evaluate), call: own(call) },
        },
      };
    },
    fails: [
      "a client's error arrives with its code, family, subject and message",
      'an error with a code that nobody here knows arrives as it is',
    ],
  },

  'says nothing of what went wrong': {
    create: changed(({ answer }) => ({
      answer: (task, signal) =>
        answer(task, signal).catch((error: unknown) => {
          if ((error as FedwardError).code !== undefined) throw error;
          throw new Error('failed');
        }),
    })),
    fails: ['an error without a code rejects with its message', 'what is thrown and no error rejects too'],
  },

  'says of a site what it thinks': {
    create: changed(({ describe }) => ({
      describe: async (signal) => ({ ...(await describe(signal)), keepsLedger: false }),
    })),
    fails: ['what a site says of itself arrives'],
  },

  'proposes the plan without its cohort': {
    create: changed(({ propose }) => ({
      propose: (plan, signal) => propose({ ...plan, cohort: { select: 'all' } }, signal),
    })),
    fails: ['a plan that is proposed arrives'],
  },

  'hands its own client out': {
    create: () => async (client) => ({
      client: {
        ...client,
        answer: async (task, signal) => abortable(() => client.answer(task, signal), signal),
        evaluate: async (task, signal) => abortable(() => client.evaluate(task, signal), signal),
        call: async (call, signal) => abortable(() => client.call(call, signal), signal),
        describe: async (signal) => abortable(() => client.describe(signal), signal),
        propose: async (plan, signal) => abortable(() => client.propose(plan, signal), signal),
      },
      close: async () => undefined,
    }),
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
};

async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new FedwardError('ABORTED', 'stopped'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
