import { canonicalJson, coordinator, FedwardError, isFedwardError, parseWith } from '@fedward/core';
import { errorAsData } from '@fedward/core/wire';
import type { Signer } from '@fedward/kit-keys';
import * as z from 'zod';
import { openEnvelope, sealEnvelope, type Sealed } from '../envelope/envelope.js';
import { pause, untilDone } from '../retry.js';
import type { Member } from '../server/options.js';
import { Streams } from '../server/stored.js';
import { streams as names, subjects, tokenOf } from '../subjects.js';

const schema = z.object({ kind: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), said: z.unknown() });

/**
 * Answers what a hospital asks for. The same request may come again, also after a restart: it must bear that.
 * @returns what JSON can carry @throws {FedwardError} to refuse
 */
export type RequestHandler = (kind: string, said: unknown) => Promise<unknown>;

/** Of `watchRequests`. */
export interface WatchRequestsOptions {
  readonly federation: string;
  readonly signer: Signer;
  /** How often it is looked for what came while nobody listened, seconds. Default: 5. */
  readonly reconcileSeconds?: number;
  /** Told of what is not the hospital's. */
  readonly onRefused?: (error: FedwardError) => void;
}

/** As many answers are remembered for requests that come again. */
const mostKnown = 100;

/** So many are taken into memory at a time, of up to 64 KiB each. */
const mostAtOnce = 16;

/** Listens to what a hospital asks for, until it is closed. */
export function watchRequests(
  { id, verifier, connection }: Member,
  handler: RequestHandler,
  { federation, signer, reconcileSeconds = 5, onRefused }: WatchRequestsOptions,
): { close(): Promise<void> } {
  const closed = new AbortController();
  const answers = new Map<string, Promise<string>>();
  const hands = (): Promise<Streams> => Streams.at(connection);

  const answerTo = (task: string, text: string): Promise<string> => {
    const known = answers.get(task);
    if (known) return known;
    if (answers.size >= mostKnown) answers.clear();
    const answer = (async () => {
      try {
        const { kind, said } = parseWith(schema, JSON.parse(text), `a request of ${id}`);
        return canonicalJson({ answer: (await handler(kind, said)) ?? null });
      } catch (error) {
        answers.delete(task);
        return canonicalJson({ error: errorAsData(error) });
      }
    })();
    answers.set(task, answer);
    return answer;
  };

  const hear = async (subject: string, sealed: Sealed): Promise<void> => {
    try {
      const { body } = openEnvelope(sealed, { verifier: verifier(), federation, from: id, to: coordinator });
      if (body.kind !== 'request' || body.task === undefined)
        throw new FedwardError('MESSAGE_INVALID', `a ${body.kind} of ${id} is no request`, id);
      const { task } = body;
      const said = await answerTo(task, body.said);
      const to = { kind: 'reply', from: coordinator, to: id, federation, task };
      const reply = sealEnvelope({ ...to, payload: null, inline: false, said }, signer);
      const place = subjects.task('reply', tokenOf(subject));
      await untilDone(async () => (await hands()).publish(place, reply, `${task}.${Math.random()}`), closed.signal);
    } catch (error) {
      if (closed.signal.aborted) return;
      if (isFedwardError(error)) onRefused?.(error);
    }
    await (await hands()).purge(names.status, subject);
  };

  // What comes only rings: it is taken from the stream, one after the other, which keeps the newest of each kind. So a
  // hospital that asks without end waits for itself, and has no more of this process than one request at a time.
  let ring: () => void = () => undefined;
  const subscription = connection.subscribe(subjects.requests, { callback: () => ring() });
  const looking = (async () => {
    while (!closed.signal.aborted) {
      const rung = new AbortController();
      ring = () => rung.abort();
      const stored = await hands()
        .then((streams) => streams.all(names.status, subjects.requests, mostAtOnce))
        .catch(() => []);
      for (const { subject, sealed } of stored) await hear(subject, sealed).catch(() => undefined);
      if (stored.length < mostAtOnce)
        await pause(reconcileSeconds * 1000, AbortSignal.any([closed.signal, rung.signal]));
    }
  })();

  return {
    async close() {
      subscription.unsubscribe();
      closed.abort(new FedwardError('ABORTED', 'the watch was closed'));
      await looking;
    },
  };
}
