import { randomUUID } from 'node:crypto';
import { abortable, coordinator, FedwardError, hasCode, isFedwardError, type State } from '@fedward/core';
import { errorFromData, replyOfParts } from '@fedward/core/wire';
import { reached } from '@fedward/kit-daemon';
import type { Subscription } from '@nats-io/nats-core';
import { getBlob } from '../blobs/get.js';
import { purgeBlob } from '../blobs/list.js';
import { bytesSink } from '../blobs/sink.js';
import type { Body } from '../envelope/body.js';
import { openEnvelope, sealEnvelope, type Envelope, type Sealed, type Signed } from '../envelope/envelope.js';
import { untilDone } from '../retry.js';
import { ensureSiteStreams } from '../streams/ensure.js';
import { streams as names, subjects } from '../subjects.js';
import { Asked } from './asked.js';
import type { Downloads } from './downloads.js';
import { Lanes } from './lanes.js';
import type { Member, NatsTransportOptions, Tell } from './options.js';
import type { Prepared } from './question.js';
import { Streams } from './stored.js';

/** What the desks of a transport share. */
export interface DeskContext {
  readonly options: NatsTransportOptions;
  readonly downloads: Downloads;
  /** Fires when the transport is closed. */
  readonly signal: AbortSignal;
}

const defaultMostBytes = 2 ** 30;
/** Whoever has started anew may know no newer question than the hospital does: it is told once. More is no honest answer. */
const mostStale = 3;

/** Where one hospital is asked, and its answers come in. */
export class Desk {
  readonly #asked = new Map<string, Asked>();
  readonly #lanes = new Lanes();
  readonly #tell: Tell;
  #order = 0;
  #streams: Promise<Streams> | undefined;
  #subscription: Subscription | undefined;

  constructor(
    readonly member: Member,
    private readonly context: DeskContext,
  ) {
    const { onEvent } = context.options;
    this.#tell = (kind, { code, message }) => onEvent?.({ kind, site: member.id, code, words: message });
    this.#open().catch(ignored); // a hospital that is there waits for its streams
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
        return await abortable(() => this.#decoded(envelope), signal);
      } catch (error) {
        if (!hasCode(error, 'BLOB_MISSING')) throw error;
        this.#tell('asked-again', error);
        if (asked.settled) await this.#again(asked);
      }
    }
  }

  /** One waits no longer. @param cancel whether the hospital is told, where nobody is left and it has not answered */
  leave(asked: Asked, cancel: boolean): void {
    if (--asked.waiting > 0) return;
    const { lane, prepared, settled, resultSubject } = asked;
    const { ask, payload, inline } = prepared.body;
    this.#asked.delete(ask);
    if (payload && !inline) this.context.downloads.release(payload.sha256);
    if (!settled && cancel) this.#cancel(asked);
    lane.busy = false;
    if (!settled) return;
    lane.previous = { ask, subject: resultSubject, payload: null };
    asked.arrived.then(({ body }) => {
      if (lane.previous?.ask === ask && !body.inline) lane.previous = { ...lane.previous, payload: body.payload };
    }, ignored);
  }

  /** Whether what was sent is still there, and what was answered has come: nothing is taken for granted. */
  async reconcile(): Promise<void> {
    const open = [...this.#asked.values()].filter(({ settled, sealed }) => !settled && sealed !== undefined);
    if (open.length === 0) return;
    const streams = await this.#open();
    const idle = await streams.idle();
    if (idle === undefined) await ensureSiteStreams(this.member.connection);
    for (const asked of open) {
      const found = await streams.newest(names.results, asked.resultSubject);
      if (asked.settled) continue;
      if (found) {
        await this.#hear(asked, found);
        continue;
      }
      const task = await streams.newest(names.tasks, asked.subject);
      const there = task !== undefined && Buffer.from(task.data).equals(asked.sealed!.data);
      asked.unanswered = there && idle === true ? asked.unanswered + 1 : 0;
      if ((there && asked.unanswered < 3) || asked.settled || !this.#asked.has(asked.prepared.body.ask)) continue;
      asked.unanswered = 0;
      this.#tell('asked-again', new FedwardError('TASK_LOST', `the hub has lost a ${asked.prepared.body.kind} or its answer`, this.member.id)); // prettier-ignore
      await this.#publish(asked);
    }
  }

  /** Removes what the questions of a run left at the hub. */
  async clear(run: string): Promise<void> {
    await Promise.all(this.#lanes.leftBehind(run).map((left) => this.#remove(left)));
  }

  /** Resolves once what was to be told is told, or after a second. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#lanes.sent(), new Promise((resolve) => (timer = setTimeout(resolve, 1000)))]);
    clearTimeout(timer);
    this.#subscription?.unsubscribe();
    for (const asked of this.#asked.values()) asked.fail(new FedwardError('ABORTED', 'the transport was closed'));
  }

  /** The streams in the hospital's account, made where they are missing, and an ear at its answers. */
  #open(): Promise<Streams> {
    this.#streams ??= (async () => {
      const { connection } = this.member;
      await untilDone(
        () => ensureSiteStreams(connection),
        this.context.signal,
        (error) => this.#assertHelpful(error),
      );
      this.#subscription = connection.subscribe(subjects.results, {
        callback: (error, message) => {
          const asked = error ? undefined : this.#asked.get(message.subject.split('.').at(-1)!);
          if (asked) void this.#hear(asked, message).catch(ignored);
        },
      });
      return Streams.at(connection);
    })();
    this.#streams.catch(() => (this.#streams = undefined));
    return this.#streams;
  }

  /** What waiting does not help against ends it. */
  #assertHelpful(error: unknown): void {
    if (hasCode(error, 'CONFIG_INCOMPATIBLE')) throw error;
  }

  async #send(asked: Asked): Promise<void> {
    const { body, arrays } = asked.prepared;
    const { signal, downloads } = this.context;
    const offered = arrays && !body.inline ? downloads.offer(arrays) : undefined;
    offered?.catch(ignored);
    const streams = await this.#open();
    const found = await untilDone(() => streams.newest(names.results, asked.resultSubject), signal);
    if (found) await this.#hear(asked, found, true);
    if (asked.settled) return;
    const { previous } = asked.lane;
    asked.lane.previous = undefined;
    await Promise.all([offered, previous && previous.ask !== body.ask && this.#remove(previous).catch(ignored)]);
    await this.#publish(asked);
  }

  async #publish(asked: Asked): Promise<void> {
    const { lane, prepared, subject } = asked;
    const { body, arrays } = prepared;
    asked.sealed ??= this.#seal({ ...body, lane: lane.index, order: ++this.#order }, body.inline ? arrays : undefined);
    await this.#inOrder(asked, subject, asked.sealed);
    reached('coordinator.task-published', { site: this.member.id, kind: body.kind, round: body.round });
  }

  /** What is sent in a lane arrives in the order that it was sent in. */
  async #inOrder({ lane }: Asked, subject: string, sealed: Signed): Promise<void> {
    const { signal } = this.context;
    const messageId = randomUUID(); // of each sending its own: the hub drops what has one that it knows
    const sent = lane.tail.then(async () => {
      const streams = await this.#open();
      await untilDone(async () => {
        try {
          await streams.publish(subject, sealed, messageId);
        } catch (error) {
          await ensureSiteStreams(this.member.connection); // the hub may have lost its disk
          throw error;
        }
      }, signal);
    });
    lane.tail = sent.catch(ignored);
    await sent;
  }

  #seal(body: Body, arrays?: Uint8Array): Signed {
    return sealEnvelope(body, this.context.options.signer, arrays);
  }

  /** In the place of the question, so that a hospital that is away never sees it. */
  #cancel(asked: Asked): void {
    const { federation, from, to, run, round, task, ask, kind } = asked.prepared.body;
    const order = ++this.#order;
    const said = {
      federation,
      from,
      to,
      run,
      ...(round !== undefined && { round }),
      task,
      ask,
      lane: asked.lane.index,
    };
    const sealed = this.#seal({ ...said, kind: 'cancel', order, payload: null, inline: false, said: kind });
    this.#inOrder(asked, asked.subject, sealed).catch(ignored);
  }

  /**
   * Takes an answer in. One that is none is refused, and removed so that the next has room: in this account nobody but the
   * hospital can have written it.
   * @param before whether it was there before the question was sent: a refusal may have had reasons that are gone
   */
  async #hear(asked: Asked, sealed: Sealed, before = false): Promise<void> {
    if (asked.settled) return;
    let envelope: Envelope;
    try {
      envelope = this.#opened(asked, sealed);
    } catch (error) {
      if (isFedwardError(error)) this.#tell('refused', error);
      if (!before) asked.fail(error);
      await (await this.#open()).purge(names.results, asked.resultSubject);
      return;
    }
    const { kind, order = 0 } = envelope.body;
    if (kind === 'result' || (kind === 'refusal' && !before)) {
      reached('coordinator.result-received', { site: this.member.id, kind: asked.prepared.body.kind });
      asked.settle(envelope);
    } else if (kind === 'refusal') await (await this.#open()).purge(names.results, asked.resultSubject);
    else if (asked.stale++ < mostStale && order < 2 ** 52) {
      this.#order = Math.max(this.#order, order);
      asked.sealed = undefined;
      if (before) await (await this.#open()).purge(names.results, asked.resultSubject);
      else await this.#again(asked);
    } else
      asked.fail(new FedwardError('MESSAGE_INVALID', `${this.member.id} takes no question for new`, this.member.id));
  }

  #opened(asked: Asked, sealed: Sealed): Envelope {
    const { id, verifier } = this.member;
    const { federation, mostBytes = defaultMostBytes } = this.context.options;
    const envelope = openEnvelope(sealed, { verifier: verifier(), federation, from: id, to: coordinator });
    const { body } = envelope;
    const { run, round, task, ask, kind } = asked.prepared.body;
    const refuse = (why: string): never => {
      throw new FedwardError('MESSAGE_INVALID', `an answer of ${id} to a ${kind} is not taken: ${why}`, id);
    };
    if (!['result', 'refusal', 'stale'].includes(body.kind)) refuse(`it is a ${body.kind}`);
    if (body.run !== run || body.round !== round || body.task !== task || body.ask !== ask)
      refuse('it answers another question');
    if ((body.payload?.size ?? 0) > mostBytes) refuse(`its arrays take ${body.payload?.size} bytes, at most ${mostBytes} are taken`); // prettier-ignore
    return envelope;
  }

  /** Asks once more, with room for the answer. */
  async #again(asked: Asked): Promise<void> {
    asked.reset();
    await untilDone(async () => (await this.#open()).purge(names.results, asked.resultSubject), this.context.signal);
    await this.#publish(asked);
  }

  async #decoded({ body, inline }: Envelope): Promise<State> {
    const { id, connection } = this.member;
    let arrays = inline;
    if (body.payload && !body.inline) {
      const sink = bytesSink(body.payload.size);
      const onChunk = (): void => reached('coordinator.chunk-received', { site: id });
      await getBlob(connection, 'up', body.payload, sink, { signal: this.context.signal, onChunk });
      arrays = sink.bytes();
    }
    const reply = replyOfParts({ said: body.said, ...(arrays && { arrays }) });
    if ('error' in reply) throw errorFromData(reply.error);
    return reply.answer;
  }

  async #remove({ subject, payload }: { subject: string; payload: Body['payload'] }): Promise<void> {
    const streams = await this.#open();
    await streams.purge(names.results, subject);
    if (payload) await purgeBlob(this.member.connection, 'up', payload);
  }
}

const ignored = (): void => undefined;
