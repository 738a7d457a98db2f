import { coordinator, FedwardError, type State } from '@fedward/core';
import { errorFromData, replyOfParts } from '@fedward/core/wire';
import { reached } from '@fedward/kit-daemon';
import { getBlob } from '../blobs/get.js';
import { bytesSink } from '../blobs/sink.js';
import { openEnvelope, type Envelope, type Sealed } from '../envelope/envelope.js';
import type { Member, NatsTransportOptions } from './options.js';
import type { Prepared } from './question.js';

const defaultMostBytes = 2 ** 30;
/** An answer, a refusal, or that the hospital knows a newer question. */
const kinds: ReadonlySet<string> = new Set(['result', 'refusal', 'stale']);

/**
 * Verifies what came as the answer to a question.
 * @throws {FedwardError} SIGNATURE_INVALID; MESSAGE_INVALID for the answer to another question, or one that is too large;
 *   PROTOCOL_UNKNOWN
 */
export function openAnswer(
  { body: asked }: Prepared,
  sealed: Sealed,
  { id, verifier }: Member,
  { federation, mostBytes = defaultMostBytes }: NatsTransportOptions,
): Envelope {
  const envelope = openEnvelope(sealed, { verifier: verifier(), federation, from: id, to: coordinator });
  const { kind, run, round, task, ask, payload } = envelope.body;
  const refuse = (why: string): never => {
    throw new FedwardError('MESSAGE_INVALID', `an answer of ${id} to a ${asked.kind} is not taken: ${why}`, id);
  };
  if (!kinds.has(kind)) refuse(`it is a ${kind}`);
  if (run !== asked.run || round !== asked.round || task !== asked.task || ask !== asked.ask)
    refuse('it answers another question');
  const size = payload?.size ?? 0;
  if (size > mostBytes) refuse(`its arrays take ${size} bytes, at most ${mostBytes} are taken`);
  return envelope;
}

/**
 * What was answered, with its arrays, which are fetched where they did not come along.
 * @throws {FedwardError} what the hospital refused with; BLOB_MISSING, DIGEST_MISMATCH, MESSAGE_INVALID, ABORTED
 */
export async function decodeAnswer(
  { body, inline }: Envelope,
  { id, connection }: Member,
  signal: AbortSignal,
): Promise<State> {
  let arrays = inline;
  if (body.payload && !body.inline) {
    const sink = bytesSink(body.payload.size);
    const onChunk = (): void => reached('coordinator.chunk-received', { site: id });
    await getBlob(connection, 'up', body.payload, sink, { signal, onChunk });
    arrays = sink.bytes();
  }
  const reply = replyOfParts({ said: body.said, ...(arrays && { arrays }) });
  if ('error' in reply) throw errorFromData(reply.error);
  return reply.answer;
}
