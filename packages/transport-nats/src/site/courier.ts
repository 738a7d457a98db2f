import { coordinator, FedwardError, isFedwardError, wordsOf } from '@fedward/core';
import { setMaxListeners } from 'node:events';
import { makeFolder } from '@fedward/kit-files';
import { reached } from '@fedward/kit-daemon';
import type { JsMsg } from '@nats-io/jetstream';
import { join } from 'node:path';
import { openEnvelope, type Envelope } from '../envelope/envelope.js';
import { announcePresence } from '../presence/announce.js';
import { Requests } from '../presence/requests.js';
import { Answering, type Question } from './answer.js';
import { Jobs } from './jobs.js';
import { Journal } from './journal.js';
import type { CourierEvent, SiteCourier, SiteCourierOptions } from './options.js';
import { Orders } from './orders.js';
import { tasksOf } from './tasks.js';

/**
 * Takes what the coordinator asks of this hospital to its door, and the answers back. Nothing is let in but what the
 * coordinator has signed, for this hospital and federation; nothing is downloaded before the door has admitted it; no answer
 * leaves that is not in the courier's outbox on disk.
 *
 * @throws {FedwardError} STORAGE_FAILED, FILE_INVALID for a folder that can't be used
 */
export async function serveSite(options: SiteCourierOptions): Promise<SiteCourier> {
  const { connection, federation, id, folder, onEvent } = options;
  const closed = new AbortController();
  setMaxListeners(0, closed.signal); // all that is under way listens to it, with no leak to warn of
  const tell = (event: CourierEvent): void => onEvent?.(event);
  const telling = (kind: CourierEvent['kind']) => (error: unknown) =>
    tell({ kind, words: wordsOf(error), ...(isFedwardError(error) && { code: error.code }) });
  await makeFolder(folder);
  const journal = await Journal.open(join(folder, 'outbox'), telling('trouble'));
  const orders = await Orders.open(folder);
  const answering = new Answering(options, journal, tell);
  const requests = new Requests(options, closed.signal);
  const jobs = new Jobs(() => presence.workChanged());
  const presence = await announcePresence(options, () => jobs.atWork);

  const handle = async (message: JsMsg): Promise<void> => {
    let envelope: Envelope;
    try {
      const verifier = options.coordinator();
      const sealed = { data: message.data, headers: message.headers };
      envelope = openEnvelope(sealed, { verifier, federation, from: coordinator, to: id });
    } catch (error) {
      telling('refused')(error);
      return message.term();
    }
    const { body } = envelope;
    reached('site.task-received', { site: id, kind: body.kind, round: body.round });
    if (body.kind === 'reply') {
      requests.replied(body);
      return message.ack();
    }
    const { task, ask, run, lane: number = 0, order = 0 } = body;
    if (task === undefined || ask === undefined || run === undefined) {
      telling('refused')(new FedwardError('MESSAGE_INVALID', `a ${body.kind} has no identity`, 'ask'));
      return message.term();
    }
    const question: Question = { ...body, task, ask, run };
    // A cancel says in which kind's lane it is.
    const lane = `${body.kind === 'cancel' ? body.said : body.kind} ${run} ${number}`;
    const newest = orders.stale(lane, order);
    if (newest !== undefined) {
      telling('refused')(new FedwardError('TASK_STALE', `a ${body.kind} of run ${run} was asked before the newest one that is known here: it is an old message, or its coordinator has started anew`, 'order')); // prettier-ignore
      if (body.kind !== 'cancel') await answering.stale(question, newest, closed.signal);
      return message.ack();
    }
    if (body.kind === 'cancel') {
      jobs.cancel(lane, 'the coordinator waits for it no longer', ask);
      return message.ack();
    }
    const about = { kind: body.kind, run, round: body.round };
    jobs.begin(lane, { ask, task, about }, message, (signal) =>
      answering.answer({ ...envelope, body: question }, lane, signal),
    );
  };

  const serving = (async () => {
    for await (const message of tasksOf(connection, closed.signal, telling('trouble')))
      await handle(message).catch(telling('trouble'));
  })();
  // What the last process may not have sent.
  const catchingUp = Promise.all(
    journal.entries.map((entry) => answering.publish(entry, closed.signal).catch(telling('trouble'))),
  );

  return {
    get atWork() {
      return jobs.atWork;
    },
    changed: () => presence.changed(),
    request: (kind, said, signal) => requests.send(kind, said, signal),
    async close() {
      closed.abort(new FedwardError('ABORTED', 'the courier was closed'));
      await presence.close();
      await jobs.close();
      await Promise.all([serving, catchingUp]);
    },
  };
}
