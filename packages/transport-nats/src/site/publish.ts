import { FedwardError } from '@fedward/core';
import type { NatsConnection } from '@nats-io/nats-core';
import { ask } from '../connect/ask.js';
import type { Signed } from '../envelope/envelope.js';
import { untilDone } from '../retry.js';
import { apiCodes, readAnswer } from '../streams/api.js';

/**
 * Publishes a message to a subject that is written once. One that is there already is as good.
 * @param onTrouble told of each failure; it is tried again until the signal fires
 */
export async function publishOnce(
  connection: NatsConnection,
  subject: string,
  { data, headers }: Signed,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  await untilDone(
    async () => {
      const options = { countAway: false, signal, headers };
      const answer = readAnswer((await ask(connection, subject, data, options)).data, subject);
      if ('failure' in answer && answer.failure.errCode !== apiCodes.storeFailed)
        throw new FedwardError('HUB_REFUSED', `the hub does not keep ${subject}: ${answer.failure.words}`, subject);
    },
    signal,
    onTrouble,
  );
}
