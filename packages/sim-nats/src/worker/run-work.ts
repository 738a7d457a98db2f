import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError, type State } from '@fedward/core';
import { decodeReply, errorFromData } from '@fedward/core/wire';
import type { Frame, SiteDone, Workshop } from '@fedward/sim-healthcare';
import { reached } from '@fedward/kit-daemon';
import { jetstream, type JetStreamClient, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import { clock } from '../clock.js';
import { streams, subjects, timing } from '../hub/names.js';
import { ifThere, persist, writeOnce } from '../hub/persist.js';
import { pieceBytes, putPieces, refOf } from '../hub/pieces.js';
import { decodeJob, encodeAsk, encodeResult, type Job } from '../messages.js';
import { blobHeader } from '../run/session.js';
import { failed } from './failed.js';
import { WorkerFrames } from './frames.js';
import { Tally } from './tally.js';

/** A job that so many workers have begun and none has ended may be what ends them. */
const mostBeginnings = 10;

export interface RunWorkOptions {
  readonly connection: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly session: string;
  readonly workshop: Workshop;
  readonly worker: string;
  readonly parallel: number;
}

/** One worker's part in one run: takes jobs until it is told to stop, and acknowledges each when its result is on the hub. */
export class RunWork {
  readonly tally = new Tally();
  readonly #js: JetStreamClient;
  readonly #gone = new AbortController();
  readonly #frames: WorkerFrames;
  /** Names of jobs whose result is on the hub: one that comes again was not acknowledged in time. */
  readonly #done = new Set<string>();
  readonly #lanes: Promise<unknown>;
  #draining = false;

  constructor(private readonly options: RunWorkOptions) {
    const { connection, jsm, session, workshop, parallel } = options;
    this.#js = jetstream(connection);
    this.#frames = new WorkerFrames(jsm, session, workshop, this.#gone.signal);
    // One more than train, so that the next job is here when one ends.
    this.#lanes = Promise.all(Array.from({ length: parallel + 1 }, () => this.#lane()));
  }

  /** Takes no further job, and waits for those that were begun. */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.#lanes;
  }

  /** Drops everything: nobody waits for it. */
  async leave(): Promise<void> {
    this.#draining = true;
    this.#gone.abort();
    await this.options.workshop.close();
    await this.#lanes;
  }

  async #lane(): Promise<void> {
    while (!this.#draining) {
      try {
        const consumer = await this.#js.consumers.get(streams.jobs, this.options.session);
        while (!this.#draining) {
          const message = await consumer.next({ expires: 1000 });
          if (message) await this.#carryOut(message);
        }
      } catch {
        // The hub is away, or has lost the queue, which the simulation's process makes again.
        await sleep(200);
      }
    }
  }

  async #carryOut(message: JsMsg): Promise<void> {
    const { session } = this.options;
    const name = message.subject.slice(subjects.job(session, '').length);
    const working = setInterval(() => message.working(), timing.workingMs);
    try {
      if (await this.#isDone(name, message)) return message.ack();
      const job = decodeJob(message.data);
      reached('worker.job-begun', { name });
      const frame = await this.#frames.of(job.frame);
      if (!frame) return message.nak(500);
      const done = await this.#answers(name, job, frame, message.info.deliveryCount);
      if (this.#gone.signal.aborted) return;
      reached('worker.clients-trained', { name });
      await this.#write(name, done);
      reached('worker.result-published', { name });
      this.#done.add(name);
      this.tally.add(job.clients.length);
      message.ack();
    } finally {
      clearInterval(working);
    }
  }

  async #isDone(name: string, { info }: JsMsg): Promise<boolean> {
    if (this.#done.has(name)) return true;
    if (info.deliveryCount === 1) return false;
    const { jsm, session } = this.options;
    const last_by_subj = subjects.result(session, name);
    return (await ifThere(jsm.direct.getMessage(streams.results, { last_by_subj }))) !== undefined;
  }

  #answers(name: string, job: Job, frame: Frame, beginnings: number): Promise<SiteDone[]> {
    const { workshop } = this.options;
    return Promise.all(
      job.clients.map(async ({ id: clientId, taken, ledger, vouches, dataSheet }, client) => {
        try {
          if (beginnings > mostBeginnings)
            throw new FedwardError('CLIENT_FAILED', `${clientId}: ${mostBeginnings} workers began with it, and ended`, clientId); // prettier-ignore
          let asks = 0;
          const own = { ...(vouches !== undefined && { vouches }), ...(dataSheet !== undefined && { dataSheet }) };
          return await workshop.answer(
            { frame, clientId, ledger, taken, ...own },
            (service, given) => this.#ask(encodeAsk({ job: name, client, ask: asks++, service, given: plain(given) })),
            this.#gone.signal,
          );
        } catch (error) {
          return failed(error);
        }
      }),
    );
  }

  /** Asks the simulation's process, again until it answers: the same question is answered in the same way. */
  async #ask(asked: Uint8Array): Promise<unknown> {
    const { connection, session } = this.options;
    const most = connection.info?.max_payload ?? Infinity;
    if (asked.length > most)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `what a client keeps takes ${asked.length} bytes, the hub takes ${most} in a message: raise max_payload in its configuration`,
        'max_payload',
      );
    const ask = () => connection.request(subjects.ask(session), asked, { timeout: timing.requestMs });
    const reply = decodeReply((await persist(ask, this.#gone.signal)).data);
    if ('error' in reply) throw errorFromData(reply.error);
    return (reply.answer as readonly State[])[0];
  }

  async #write(name: string, done: readonly SiteDone[]): Promise<void> {
    const { session, worker } = this.options;
    const { signal } = this.#gone;
    const bytes = encodeResult({ worker, done }, clock());
    const subject = subjects.result(session, name);
    if (bytes.length <= pieceBytes + pieceBytes / 2) return writeOnce(this.#js, subject, bytes, signal);
    const ref = refOf(bytes);
    await putPieces(this.#js, session, bytes, ref, signal);
    const said = headers();
    said.set(blobHeader, `${ref.sha256} ${ref.size}`);
    return writeOnce(this.#js, subject, new Uint8Array(0), signal, said);
  }
}

/** What was left out at the end of a list of arguments has no word of its own. */
function plain(given: readonly unknown[]): readonly unknown[] {
  return given.at(-1) === undefined && given.length > 0 ? plain(given.slice(0, -1)) : given;
}
