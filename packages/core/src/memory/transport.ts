import { abortable } from '../base/abort.js';
import { FedwardError } from '../base/errors.js';
import type { Client, Transport } from '../interfaces/client.js';
import { copyOf, copyOfMessage } from './copy.js';

/**
 * Clients in this process. Messages are copied both ways, as a network would, so that no one can change what
 * another holds.
 * @throws {FedwardError} ARGUMENT_INVALID for two clients with one id
 */
export function inMemoryTransport(clients: readonly Client[]): Transport {
  const byId = new Map(clients.map((client) => [client.id, client]));
  const ids = clients.map(({ id }) => id);
  if (byId.size < ids.length) {
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    throw new FedwardError('ARGUMENT_INVALID', `two clients have the id ${twice}`, twice);
  }
  return transportTo(ids, byId, (id) => byId.get(id)!);
}

/**
 * Clients in this process that are made when they are asked and let go with their answer, for populations too large
 * to be in memory at once. Messages are copied both ways.
 *
 * @param ids in the order of `clients()`
 * @param clientOf the client of one of the ids, made anew at each call
 * @throws {FedwardError} ARGUMENT_INVALID for an id that is there twice
 */
export function onDemandTransport(
  ids: readonly string[],
  clientOf: (id: string) => Client | Promise<Client>,
): Transport {
  const known = new Set(ids);
  if (known.size < ids.length) {
    const seen = new Set<string>();
    const twice = ids.find((id) => seen.size === seen.add(id).size);
    throw new FedwardError('ARGUMENT_INVALID', `two clients have the id ${twice}`, twice);
  }
  return transportTo([...ids], known, clientOf);
}

function transportTo(
  ids: readonly string[],
  known: { has(id: string): boolean },
  clientOf: (id: string) => Client | Promise<Client>,
): Transport {
  let closed = false;

  const deliver = async <Message, Answer>(
    id: string,
    message: Message,
    signal: AbortSignal,
    handle: (client: Client, message: Message) => Promise<Answer>,
    copyAnswer: (answer: Answer) => Answer = copyOfMessage,
  ): Promise<Answer> => {
    if (closed) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed', id);
    if (!known.has(id)) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
    const answer = async (): Promise<Answer> => {
      const copy = copyOfMessage(message); // as it is at the call, before the client is waited for
      return handle(await clientOf(id), copy);
    };
    return copyAnswer(await abortable(answer, signal));
  };

  return {
    clients: () => ids,
    client: (id) => ({
      id,
      describe: (signal) => deliver(id, undefined, signal, (client) => client.describe(signal)),
      propose: (plan, signal) => deliver(id, plan, signal, (client, copy) => client.propose(copy, signal)),
      answer: (task, signal) => deliver(id, task, signal, (client, copy) => client.answer(copy, signal)),
      evaluate: (task, signal) => deliver(id, task, signal, (client, copy) => client.evaluate(copy, signal)),
      async call({ body, ...call }, signal) {
        const sent = { ...call, body: copyOf(body) };
        // The members of what it says may have any names, those of a task as well.
        return deliver(id, sent, signal, (client, copy) => client.call(copy, signal), copyOf);
      },
    }),
    async close() {
      closed = true;
    },
  };
}
