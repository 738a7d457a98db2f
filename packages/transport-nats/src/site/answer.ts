import {
  FedwardError,
  hasCode,
  parseWith,
  sha256,
  throwIfAborted,
  abortable,
  coordinator,
  type State,
} from '@fedward/core';
import { errorAsData, questionOfParts, replyParts } from '@fedward/core/wire';
import { reached } from '@fedward/kit-daemon';
import * as z from 'zod';
import { getBlob } from '../blobs/get.js';
import { putBlob } from '../blobs/put.js';
import { bytesSink } from '../blobs/sink.js';
import { bytesSource, fileSource } from '../blobs/source.js';
import type { StudyNotice } from '../door.js';
import type { Body } from '../envelope/body.js';
import { mostInlineBytes, sealEnvelope, type Envelope } from '../envelope/envelope.js';
import { reveal } from '../envelope/hidden.js';
import { pause, untilDone } from '../retry.js';
import { parseStudy } from '../study.js';
import { subjects } from '../subjects.js';
import { aboutOf, askClient, assertAsAdmitted, isQuestion, takenOf } from './asking.js';
import type { Entry, Journal } from './journal.js';
import type { CourierEvent, SiteCourierOptions } from './options.js';
import { publishOnce } from './publish.js';
import { assertVersion } from './version.js';

const noticeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('proposed'), study: z.unknown() }),
  z.object({
    kind: z.literal('ended'),
    runId: z.string(),
    how: z.enum(['done', 'stopped', 'failed']),
    words: z.string().max(10_000),
  }),
]);

/** Larger arrays are let go once they are on the disk, and sent from there, bytes. */
const mostFromMemory = 64 * 2 ** 20;

/** How long what was stopped may take to end before the next question of its lane begins, milliseconds: it may hang. */
const patienceWithStopped = 5000;

/** A question that has an identity. */
export type Question = Body & { readonly task: string; readonly ask: string; readonly run: string };

/** How a courier answers what was verified to be the coordinator's. */
export class Answering {
  constructor(
    private readonly options: SiteCourierOptions,
    private readonly journal: Journal,
    private readonly tell: (event: CourierEvent) => void,
  ) {}

  /**
   * Answers a question, or refuses it: what the signal does not stop is answered with something, and never with silence.
   * @param lane where the question came in
   * @throws once the signal fires, without an answer
   */
  async answer(envelope: Envelope & { readonly body: Question }, lane: string, signal: AbortSignal): Promise<void> {
    const { body } = envelope;
    const kept = this.journal.find(body.ask);
    if (kept) return this.publish(kept, signal);
    await this.journal.drop((entry) => entry.lane === lane);
    try {
      const answer = await this.#answered(envelope, signal);
      throwIfAborted(signal);
      const { entry, arrays } = await this.#keep(body, lane, answer);
      await this.publish(entry, signal, arrays);
      if (body.kind === 'notice') await this.journal.drop(({ ask }) => ask === body.ask);
      this.#told('answered', body, `answered a ${body.kind}`);
    } catch (error) {
      throwIfAborted(signal);
      await this.#decline(body, error, signal);
    }
  }

  /**
   * Sends what is kept; what the hub has already is not sent again.
   * @param arrays what is in its file, where it is in memory still
   */
  async publish({ ask, subject, sealed, blob }: Entry, signal: AbortSignal, arrays?: Uint8Array): Promise<void> {
    const { connection, id } = this.options;
    if (blob) {
      const source = arrays
        ? { ...bytesSource(arrays), digest: () => Promise.resolve(blob.sha256) }
        : await fileSource(this.journal.blobPath(ask), blob.sha256);
      const onChunk = (index: number): void => reached('site.chunk-sent', { site: id, index });
      await untilDone(() => putBlob(connection, 'up', source, { signal, onChunk }), signal, this.#trouble);
    }
    await publishOnce(connection, subject, sealed, signal, this.#trouble);
    reached('site.result-published', { site: id, ask });
  }

  /** Says that it knows a newer question, and of which order one has to be at least. */
  async stale(body: Question, order: number, signal: AbortSignal): Promise<void> {
    const sealed = sealEnvelope({ ...this.#reply(body), kind: 'stale', order }, this.options.signer);
    await publishOnce(this.options.connection, subjects.result(body.task, body.ask), sealed, signal, this.#trouble);
  }

  async #answered({ body, inline }: Envelope & { readonly body: Question }, signal: AbortSignal): Promise<State> {
    assertVersion(body.version, this.options.id);
    if (body.kind === 'notice') return this.#noticed(body);
    if (!isQuestion(body.kind))
      throw new FedwardError(
        'MESSAGE_INVALID',
        `${this.options.id} knows no ${body.kind}: install a newer version`,
        'kind',
      );
    const { door } = this.options;
    const about = aboutOf(body);
    await door.admit(about);
    throwIfAborted(signal);
    const arrays = inline ?? (await this.#downloaded(body, signal));
    const question = questionOfParts({ said: body.said, ...(arrays && { arrays }) });
    assertAsAdmitted(question, about);
    const taken = takenOf(question);
    if (taken !== undefined) await door.taken(about.runId, taken);
    const client = await door.clientOf(about.planHash);
    const work = askClient(client, question, signal);
    try {
      return (await abortable(() => work, signal)) ?? null;
    } catch (error) {
      // Past its training an answer is logged and kept all the same: who asks again at once is to find it.
      if (signal.aborted) await endOf(work);
      throw error;
    }
  }

  async #noticed({ said, run }: Question): Promise<State> {
    const notice = parseWith(noticeSchema, JSON.parse(said), 'what the coordinator tells of a study');
    const { door } = this.options;
    if (notice.kind === 'ended') await this.journal.drop((entry) => entry.run === run);
    const told: StudyNotice =
      notice.kind === 'ended'
        ? { ...notice, runId: run }
        : { kind: 'proposed', study: parseStudy(notice.study, 'the study') };
    return (await door.study(told)) as State;
  }

  async #downloaded({ payload, key }: Question, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (!payload) return undefined;
    // What the hub has lost the coordinator puts there again.
    return untilDone(
      async () => {
        const sink = bytesSink(payload.size);
        await getBlob(this.options.connection, 'down', payload, sink, { signal });
        return key === undefined ? sink.bytes() : reveal(sink.bytes(), key);
      },
      signal,
      (error) => {
        if (!hasCode(error, 'BLOB_MISSING') && !hasCode(error, 'HUB_SILENT')) throw error;
        this.#trouble(error);
      },
    );
  }

  /** Signs an answer and keeps it. */
  async #keep(
    body: Question,
    lane: string,
    answer: State,
  ): Promise<{ readonly entry: Entry; readonly arrays?: Uint8Array }> {
    const { signer } = this.options;
    const { said, arrays } = replyParts({ answer });
    const payload = arrays ? { sha256: sha256(arrays), size: arrays.length } : null;
    const inline = arrays !== undefined && arrays.length <= mostInlineBytes;
    const result = { ...this.#reply(body), kind: 'result', payload, inline, said };
    const sealed = sealEnvelope(result, signer, inline ? arrays : undefined);
    const subject = subjects.result(body.task, body.ask);
    const entry = { ask: body.ask, lane, run: body.run, subject, sealed, blob: inline ? null : payload };
    await this.journal.keep(entry, inline ? undefined : arrays);
    return { entry, ...(!inline && arrays && arrays.length <= mostFromMemory && { arrays }) };
  }

  /** It has nothing of the data, is made anew where the question comes again, and so is kept nowhere. */
  async #decline(body: Question, error: unknown, signal: AbortSignal): Promise<void> {
    const refusal = errorAsData(error);
    const { said } = replyParts({ error: refusal });
    const sealed = sealEnvelope({ ...this.#reply(body), kind: 'refusal', said }, this.options.signer);
    this.#told('declined', body, refusal.message, refusal.code);
    await publishOnce(this.options.connection, subjects.result(body.task, body.ask), sealed, signal, this.#trouble);
  }

  #reply({ run, round, planHash, task, ask }: Question): Body {
    const { id: from, federation } = this.options;
    const place = {
      run,
      ...(round !== undefined && { round }),
      ...(planHash !== undefined && { planHash }),
      task,
      ask,
    };
    return { kind: 'result', from, to: coordinator, federation, ...place, payload: null, inline: false, said: '' };
  }

  #told(kind: CourierEvent['kind'], { kind: question, run, round }: Question, words: string, code?: string): void {
    this.tell({
      kind,
      question,
      run,
      words,
      ...(round !== undefined && { round }),
      ...(code !== undefined && { code }),
    });
  }

  readonly #trouble = (error: unknown): void => {
    const { code, message } = errorAsData(error);
    this.tell({ kind: 'trouble', words: message, ...(code !== undefined && { code }) });
  };
}

async function endOf(work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const ended = work.then(
    () => over.abort(),
    () => over.abort(),
  );
  await Promise.race([ended, pause(patienceWithStopped, over.signal)]);
}
