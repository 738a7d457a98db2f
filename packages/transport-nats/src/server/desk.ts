import { abortable, FedwardError, hasCode, isFedwardError, version, type State } from '@fedward/core';
import { reached } from '@fedward/kit-daemon';
import type { Body } from '../envelope/body.js';
import { sealEnvelope, type Envelope, type Sealed, type Signed } from '../envelope/envelope.js';
import { untilDone } from '../retry.js';
import { streams as names } from '../subjects.js';
import { Account } from './account.js';
import { decodeAnswer, openAnswer } from './answers.js';
import { Asked } from './asked.js';
import type { Downloads } from './downloads.js';
import { Lanes } from './lanes.js';
import type { Member, NatsTransportOptions, Tell } from './options.js';
import type { Prepared } from './question.js';

/** What the desks of a transport share. */
export interface DeskContext {
  readonly options: NatsTransportOptions;
  readonly downloads: Downloads;
  /** Fires when the transport is closed. */
  readonly signal: AbortSignal;
}

/** Whoever has started anew may know no newer question than the hospital does: it is told once. More is no honest answer. */
const mostStale = 3;
/** So many looks in a row that find the hospital done, and no answer, say that the answer was lost. */
const looksUntilLost = 3;

/** Where one hospital is asked, and its answers come in. */
export class Desk {
  readonly #asked = new Map<string, Asked>();
  readonly #lanes = new Lanes();
  readonly #account: Account;
  readonly #tell: Tell;
  #order = 0;

  constructor(
    readonly member: Member,
    private readonly context: DeskContext,
  ) {
    const { signal, options } = context;
    this.#tell = (kind, { code, message }) => options.onEvent?.({ kind, site: member.id, code, words: message });
    this.#account = new Account(member, options.federation, signal, {
      onResult: (ask, sealed) => {
        const asked = this.#asked.get(ask);
        if (asked) this.#hear(asked, sealed).catch(ignored);
      },
      // The process that was killed had questions at work, which the hub would bring again after a minute.
      onStarted: () => this.#unanswered().forEach((asked) => void this.#publish(asked).catch(ignored)),
    });
    this.#account.open().catch(ignored); // a hospital that is there waits for its streams
  }

  /** Begins with a question, or joins whoever has asked the very same. Each call wants a `leave`. */
  begin(prepared: Prepared): Asked {
    const { kind, run, ask } = prepared.body;
    let asked = this.#asked.get(ask);
    if (!asked) {
      asked = new Asked(prepared, this.#lanes.take(kind, run));
      this.#asked.set(ask, asked);
      asked.begun = this.#send(asked);
      asked.begun.catch((error: unknown) => asked!.fail(error));
    }
    asked.waiting++;
    return asked;
  }

  /** The answer. @throws what the hospital refused with; SIGNATURE_INVALID, MESSAGE_INVALID for one that is none; ABORTED */
  async answer(asked: Asked, signal: AbortSignal): Promise<State> {
    for (;;) {
      const envelope = await abortable(() => asked.arrived, signal);
      try {
        return await abortable(() => decodeAnswer(envelope, this.member, this.context.signal), signal);
      } catch (error) {
        // Other bytes under that name would be in the way of the true ones.
        if (hasCode(error, 'DIGEST_MISMATCH') && !envelope.body.inline)
          await this.#account.remove({ subject: asked.resultSubject, payload: envelope.body.payload }).catch(ignored);
        if (!hasCode(error, 'BLOB_MISSING')) throw error;
        this.#tell('asked-again', error);
        if (asked.settled) await this.#again(asked);
      }
    }
  }

  /** One waits no longer. @param cancel whether the hospital is told, where nobody is left and it has not answered */
  leave(asked: Asked, cancel: boolean): void {
    if (--asked.waiting > 0) return;
    const { lane, prepared, settled, resultSubject, sealed } = asked;
    const { ask, payload, inline } = prepared.body;
    this.#asked.delete(ask);
    if (payload && !inline) this.context.downloads.release(payload.sha256);
    if (!settled && cancel && sealed) this.#cancel(asked);
    lane.busy = false;
    lane.previous = { ask, subject: resultSubject, payload: null };
    if (!settled) return;
    asked.arrived.then(({ body }) => {
      if (lane.previous?.ask === ask && !body.inline) lane.previous = { ...lane.previous, payload: body.payload };
    }, ignored);
  }

  /** Whether what was sent is still there, and what was answered has come: nothing is taken for granted. */
  async reconcile(): Promise<void> {
    const open = this.#unanswered();
    if (open.length === 0) return;
    const streams = await this.#account.open();
    const idle = await streams.idle();
    if (idle === undefined) await this.#account.heal();
    for (const asked of open) {
      const found = await streams.newest(names.results, asked.resultSubject);
      if (found) await this.#hear(asked, found);
      if (found || asked.settled) continue;
      const task = await streams.newest(names.tasks, asked.subject);
      const there = task !== undefined && Buffer.from(task.data).equals(asked.sealed?.data ?? Buffer.of());
      asked.unanswered = there && idle === true ? asked.unanswered + 1 : 0;
      if ((there && asked.unanswered < looksUntilLost) || asked.settled || !this.#isOpen(asked)) continue;
      asked.unanswered = 0;
      this.#tell('asked-again', new FedwardError('TASK_LOST', `the hub has lost a question (${asked.prepared.body.kind}), or its answer`, this.member.id)); // prettier-ignore
      await this.#publish(asked);
    }
  }

  /** Removes what the questions of a run left at the hub. */
  async clear(run: string): Promise<void> {
    await Promise.all(this.#lanes.leftBehind(run).map((left) => this.#account.remove(left)));
  }

  /** Resolves once what was to be told is told, or after a second. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#lanes.sent(), new Promise((resolve) => (timer = setTimeout(resolve, 1000)))]);
    clearTimeout(timer);
    this.#account.close();
    for (const asked of this.#asked.values()) asked.fail(new FedwardError('ABORTED', 'the transport was closed'));
  }

  #unanswered(): Asked[] {
    return [...this.#asked.values()].filter(({ settled, sealed }) => !settled && sealed !== undefined);
  }

  #isOpen(asked: Asked): boolean {
    return this.#asked.get(asked.prepared.body.ask) === asked;
  }

  async #send(asked: Asked): Promise<void> {
    const { body, arrays } = asked.prepared;
    const { signal, downloads } = this.context;
    const offered = arrays && body.payload && !body.inline ? downloads.offer(arrays, body.payload) : undefined;
    offered?.catch(ignored);
    const streams = await this.#account.open();
    const { previous } = asked.lane;
    asked.lane.previous = undefined;
    const removed = previous && previous.ask !== body.ask && this.#account.remove(previous).catch(ignored);
    const found = await untilDone(() => streams.newest(names.results, asked.resultSubject), signal);
    if (found) await this.#hear(asked, found, true);
    if (asked.settled) return;
    // Before the hospital is asked: it may answer with the very bytes that it answered with before.
    await Promise.all([offered, removed]);
    await this.#publish(asked);
  }

  async #publish(asked: Asked): Promise<void> {
    if (!this.#isOpen(asked)) return; // nobody waits for it any more
    const { lane, prepared, subject } = asked;
    const { body, arrays } = prepared;
    asked.sealed ??= this.#seal({ ...body, lane: lane.index, order: ++this.#order }, body.inline ? arrays : undefined);
    await this.#account.send(lane, subject, asked.sealed, () => !this.#isOpen(asked));
    reached('coordinator.task-published', { site: this.member.id, kind: body.kind, round: body.round });
  }

  /** In the place of the question, so that a hospital that is away never sees it. */
  #cancel({ prepared, lane, subject }: Asked): void {
    const { federation, from, to, run, task, ask, kind } = prepared.body;
    const place = { federation, from, to, run, task, ask, lane: lane.index, order: ++this.#order };
    const sealed = this.#seal({ ...place, kind: 'cancel', payload: null, inline: false, said: kind });
    this.#account.send(lane, subject, sealed, () => false).catch(ignored);
  }

  #seal(body: Body, arrays?: Uint8Array): Signed {
    return sealEnvelope({ ...body, version }, this.context.options.signer, arrays);
  }

  /**
   * Takes an answer in. One that is none is refused, and removed so that the next has room: in this account nobody but the
   * hospital can have written it.
   * @param before whether it was there before the question was sent: a refusal may have had reasons that are gone
   */
  async #hear(asked: Asked, sealed: Sealed, before = false): Promise<void> {
    if (asked.settled) return;
    const { id } = this.member;
    let envelope: Envelope;
    try {
      envelope = openAnswer(asked.prepared, sealed, this.member, this.context.options);
    } catch (error) {
      if (isFedwardError(error)) this.#tell('refused', error);
      if (!before) asked.fail(error);
      return this.#account.purge(asked.resultSubject);
    }
    const { kind, order = 0 } = envelope.body;
    if (kind === 'result' || (kind === 'refusal' && !before)) {
      reached('coordinator.result-received', { site: id, kind: asked.prepared.body.kind });
      return asked.settle(envelope);
    }
    if (kind === 'stale') {
      if (asked.stale++ >= mostStale || order > 2 ** 52)
        return asked.fail(new FedwardError('MESSAGE_INVALID', `${id} takes no question for new`, id));
      this.#order = Math.max(this.#order, order);
      asked.sealed = undefined;
    }
    await (before ? this.#account.purge(asked.resultSubject) : this.#again(asked));
  }

  /** Asks once more, with room for the answer. */
  async #again(asked: Asked): Promise<void> {
    asked.reset();
    await untilDone(() => this.#account.purge(asked.resultSubject), this.context.signal);
    await this.#publish(asked);
  }
}

const ignored = (): void => undefined;
