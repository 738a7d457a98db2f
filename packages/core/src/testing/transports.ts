import type { Transport } from '../interfaces/client.js';
import type { Task, Update } from '../interfaces/messages.js';

/** What comes in the place of a client's answer; `pass` asks the client. */
export type Answering = (id: string, task: Task, signal: AbortSignal, pass: () => Promise<Update>) => unknown;

/** A transport whose clients answer through `answer`: nothing of what that gives is copied or checked. */
export function answering(transport: Transport, answer: Answering): Transport {
  return {
    ...transport,
    client(id) {
      const client = transport.client(id);
      return {
        ...client,
        answer: async (task, signal) => (await answer(id, task, signal, () => client.answer(task, signal))) as Update,
      };
    },
  };
}
