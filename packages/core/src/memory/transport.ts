import { abortable } from '../abort.js';
import { FedwardError } from '../errors.js';
import type { Client, Transport } from '../interfaces/client.js';
import type { Parameters } from '../parameters.js';

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
  let closed = false;

  const deliver = async <Message, Answer>(
    id: string,
    message: Message,
    signal: AbortSignal,
    handle: (client: Client, message: Message) => Promise<Answer>,
  ): Promise<Answer> => {
    const client = byId.get(id);
    if (closed) throw new FedwardError('CLIENT_UNKNOWN', 'the transport is closed', id);
    if (!client) throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${id}`, id);
    return copyOf(await abortable(() => handle(client, copyOf(message)), signal));
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
    async close() {
      closed = true;
    },
  };
}

/** A copy; of an array that is a view into a larger buffer the view alone, where structuredClone takes the rest too. */
function copyOf<Message>(message: Message): Message {
  if (message instanceof Uint8Array) return new Uint8Array(message) as Message;
  const { payload } = message as { readonly payload?: Parameters };
  if (!payload) return structuredClone(message);
  const values = payload.values.slice();
  return structuredClone({ ...message, payload: { ...payload, values } }, { transfer: [values.buffer] });
}
