import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { abortable, coordinator, FedwardError, isFedwardError, throwIfAborted, wordsOf } from '@fedward/core';
import type { Client, SiteDescription, State, Update, EvaluateResult } from '@fedward/core';
import type { Question } from '@fedward/core/wire';
import { reached } from '@fedward/kit-daemon';
import type { NatsConnection } from '@nats-io/nats-core';
import type { StudyNotice, StudyStanding } from '../door.js';
import { pause } from '../retry.js';
import { Desk } from './desk.js';
import { Downloads } from './downloads.js';
import type { NatsTransport, NatsTransportOptions } from './options.js';
import { prepare, prepareNotice, type Asking, type Prepared } from './question.js';
import type { Asked } from './asked.js';

/**
 * The hospitals of a federation, as the coordinator reaches them over the hub. Nothing of record is kept at the hub: what it
 * loses is sent again, and a question that is asked again has the same answer.
 * @param hub the coordinator's connection in the federation's own account
 */
export function natsTransport(hub: NatsConnection, options: NatsTransportOptions): NatsTransport {
  const { federation, runId, planHash, members, reconcileSeconds = 1, onEvent } = options;
  const closed = new AbortController();
  let closing: Promise<void> | undefined;
  setMaxListeners(0, closed.signal); // all that is under way listens to it, with no leak to warn of
  const downloads = new Downloads(hub, closed.signal);
  const context = { options, downloads, signal: closed.signal };
  const desks = new Map(members.map((member) => [member.id, new Desk(member, context)]));
  const announced = new Map<string, () => void>();

  const reconciling = (async () => {
    for (;;) {
      await pause(reconcileSeconds * 1000, closed.signal);
      if (closed.signal.aborted) return;
      const trouble = (site: string) => (error: unknown) =>
        onEvent?.({ kind: 'trouble', site, code: isFedwardError(error) ? error.code : 'HUB_AWAY', words: wordsOf(error) }); // prettier-ignore
      await downloads.reconcile().catch(trouble(''));
      await Promise.all([...desks].map(([id, desk]) => desk.reconcile().catch(trouble(id))));
    }
  })();

  const deskOf = (id: string): Desk => {
    if (closing) throw new FedwardError('ABORTED', 'the transport was closed');
    const desk = desks.get(id);
    if (!desk)
      throw new FedwardError('CLIENT_UNKNOWN', `there is no client ${JSON.stringify(id)} in this federation`, id);
    if (!desk.member.verifier())
      throw new FedwardError('CLIENT_UNKNOWN', `${id} has no key here, or was revoked: it is asked nothing`, id);
    return desk;
  };
  const askingOf = (to: string): Asking => ({ federation, from: coordinator, to, runId, planHash });

  const ask = async (id: string, prepared: () => Prepared, signal: AbortSignal, cancels = true): Promise<State> => {
    throwIfAborted(signal);
    const desk = deskOf(id);
    const asked = desk.begin(prepared());
    announced.get(keyOf(id, asked))?.();
    try {
      return await desk.answer(asked, signal);
    } finally {
      desk.leave(asked, cancels && !closing); // what hospitals are at goes on
    }
  };

  const clientOf = (id: string): Client => {
    const say = (question: Question, signal: AbortSignal): Promise<State> =>
      ask(id, () => prepare(question, askingOf(id), randomUUID()), signal);
    return {
      id,
      describe: async (signal) => (await say({ kind: 'describe' }, signal)) as unknown as SiteDescription,
      propose: async (plan, signal) => void (await say({ kind: 'propose', plan: plan as unknown as State }, signal)),
      answer: async (task, signal) => (await say({ kind: 'answer', task }, signal)) as unknown as Update,
      evaluate: async (task, signal) => (await say({ kind: 'evaluate', task }, signal)) as unknown as EvaluateResult,
      call: (call, signal) => say({ kind: 'call', call }, signal),
    };
  };

  const notify = async (id: string, run: string, notice: StudyNotice, signal: AbortSignal, cancels: boolean) =>
    ask(id, () => prepareNotice(run, notice, askingOf(id), randomUUID()), signal, cancels);

  const close = async (): Promise<void> => {
    await Promise.all([...desks.values()].map((desk) => desk.close()));
    await downloads.close();
    closed.abort(new FedwardError('ABORTED', 'the transport was closed'));
    await reconciling;
  };

  return {
    clients: () => members.map(({ id }) => id),
    client: clientOf,
    async announce(id, task, signal) {
      throwIfAborted(signal);
      const desk = deskOf(id);
      const asked = desk.begin(prepare({ kind: 'answer', task }, askingOf(id), ''));
      const key = keyOf(id, asked);
      announced.get(key)?.();
      const over = (): void => {
        signal.removeEventListener('abort', over);
        if (announced.get(key) === over) announced.delete(key);
        desk.leave(asked, !closing);
      };
      announced.set(key, over);
      signal.addEventListener('abort', over, { once: true });
      await abortable(() => asked.arrived, signal);
    },
    propose: async (id, study, signal) =>
      (await notify(id, study.id, { kind: 'proposed', study }, signal, true)) as unknown as StudyStanding,
    async ended(id, notice, signal) {
      await notify(id, notice.runId, notice, signal, false);
      reached('coordinator.receipt-sent', { site: id, run: notice.runId });
      await desks.get(id)!.clear(notice.runId);
    },
    close: () => (closing ??= close()),
  };
}

function keyOf(id: string, { prepared }: Asked): string {
  return `${id} ${prepared.body.ask}`;
}
