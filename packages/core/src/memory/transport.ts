import { abortable } from '../abort.js';
import { FedwardError } from '../errors.js';
import type { Client, Transport } from '../interfaces/client.js';

/**
 * Clients in this process. Messages are copied both ways, as a network would, so that no one can change what
 * another holds.
 * @throws {FedwardError} ARGUMENT_INVALID for two clients with one id
 */
export function inMemoryTransport(clients: readonly Client[]): Transport {
  const byId = new Map<string, Client>();
  for (const client of clients) {
    if (byId.has(client.id))
      throw new FedwardError('ARGUMENT_INVALID', `two clients have the id ${client.id}`, client.id);
    byId.set(client.id, client);
  }
  const ids = [...byId.keys()];
  let closed = false;

  const deliver = async <Message, Answer>(
    clientId: string,
    message: Message,
    signal: AbortSignal,
    handle: (client: Client, message: Message) => Promise<Answer>,
  ): Promise<Answer> => {
    const client = byId.get(clientId);
    if (closed || !client)
      throw new FedwardError(
        'CLIENT_UNKNOWN',
        closed ? 'the transport is closed' : `there is no client ${clientId}`,
        clientId,
      );
    return structuredClone(await abortable(() => handle(client, structuredClone(message)), signal));
  };

  return {
    clients: () => ids,
    fit: (id, task, signal) => deliver(id, task, signal, (client, copy) => client.fit(copy, signal)),
    evaluate: (id, task, signal) => deliver(id, task, signal, (client, copy) => client.evaluate(copy, signal)),
    call: (id, topic, body, signal) =>
      deliver(id, body, signal, (client, copy) => {
        if (!client.call) throw new FedwardError('CLIENT_FAILED', `${id} takes no messages`, id);
        return client.call(topic, copy, signal);
      }),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}
