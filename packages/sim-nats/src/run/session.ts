import { randomBytes } from 'node:crypto';
import { FedwardError } from '@fedward/core';
import {
  AckPolicy,
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/nats-core';
import { streams, subjects, timing } from '../hub/names.js';
import { ifThere, persist } from '../hub/persist.js';
import { getPieces, putPieces, type PiecesRef } from '../hub/pieces.js';
import { ensureStreams } from '../hub/streams.js';
import { decodeHere, encodeJob, encodeRecipe, type Here, type Job, type Recipe } from '../messages.js';

/** The hub as one process that carries a simulation out uses it. */
export class Session {
  readonly id = randomBytes(8).toString('hex');
  readonly #js: JetStreamClient;

  private constructor(
    readonly connection: NatsConnection,
    private readonly jsm: JetStreamManager,
    private readonly recipe: Uint8Array,
    private readonly signal: AbortSignal,
  ) {
    this.#js = jetstream(connection);
  }

  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a hub that keeps no streams, or a run that no message has room for */
  static async open(connection: NatsConnection, recipe: Recipe, signal: AbortSignal): Promise<Session> {
    const encoded = encodeRecipe(recipe);
    const most = connection.info?.max_payload ?? 0;
    if (encoded.length > most)
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `the run takes ${encoded.length} bytes to tell, the hub takes ${most}: raise max_payload in its configuration`,
        'max_payload',
      );
    const jsm = await persist(() => jetstreamManager(connection, { timeout: timing.requestMs }), signal, 3).catch(
      (cause: unknown) => {
        throw new FedwardError(
          'CONFIG_INCOMPATIBLE',
          'the hub keeps no streams: start it with JetStream (nats-server --jetstream)',
          '--nats',
          { cause },
        );
      },
    );
    const session = new Session(connection, jsm, encoded, signal);
    await session.heal();
    return session;
  }

  /** Makes what is missing of streams and the queue. @returns true where what was there is lost */
  async heal(): Promise<boolean> {
    const lost = await ensureStreams(this.jsm);
    const there = !lost && (await ifThere(this.jsm.consumers.info(streams.jobs, this.id))) !== undefined;
    if (!there)
      await this.jsm.consumers.add(streams.jobs, {
        ...{ durable_name: this.id, filter_subject: subjects.jobsOf(this.id), ack_policy: AckPolicy.Explicit },
        ...{ ack_wait: nanos(timing.ackWaitMs), max_ack_pending: -1, inactive_threshold: nanos(timing.keepMs) },
      });
    await this.announce();
    return lost;
  }

  /** Says that this simulation is there. */
  async announce(): Promise<void> {
    await this.#js.publish(subjects.run(this.id), this.recipe, { timeout: timing.requestMs });
  }

  putFrame(bytes: Uint8Array, ref: PiecesRef): Promise<void> {
    return putPieces(this.#js, this.id, bytes, ref, this.signal);
  }

  /**
   * @param attempt how many times it was put into the queue before: the hub leaves out a message that it knows
   * @returns its number in the queue
   */
  async putJob(name: string, job: Job, attempt: number): Promise<number> {
    const options = { msgID: `${this.id}.${name}.${attempt}`, timeout: timing.requestMs };
    const put = () => this.#js.publish(subjects.job(this.id, name), encodeJob(job), options);
    return (await persist(put, this.signal)).seq;
  }

  /** Takes a job out of the queue by its number. A purge by subject would do, but old servers lose their place with it. */
  async withdraw(seq: number): Promise<void> {
    await this.jsm.streams.deleteMessage(streams.jobs, seq, false);
  }

  /** Names of jobs that are in the queue, or with a worker. */
  jobs(): Promise<ReadonlySet<string>> {
    return this.#names(streams.jobs, subjects.jobsOf(this.id));
  }

  /** Names of jobs of which there is a result. */
  results(): Promise<ReadonlySet<string>> {
    return this.#names(streams.results, subjects.resultsOf(this.id));
  }

  async result(name: string): Promise<Uint8Array | undefined> {
    const last_by_subj = subjects.result(this.id, name);
    const found = await ifThere(this.jsm.direct.getMessage(streams.results, { last_by_subj }));
    return found && this.whole(found.data, found.header.get(blobHeader));
  }

  /** A result as it came: itself, or where it is in pieces. */
  async whole(data: Uint8Array, blob: string | undefined): Promise<Uint8Array | undefined> {
    if (!blob) return data;
    const [sha256 = '', size] = blob.split(' ');
    return getPieces(this.jsm, this.id, { sha256, size: Number(size) }, this.signal);
  }

  onResult(hear: (name: string, data: Uint8Array, blob: string | undefined) => void): void {
    this.connection.subscribe(subjects.resultsOf(this.id), {
      callback: (error, { subject, data, headers }) => {
        if (!error) hear(subject.slice(subjects.result(this.id, '').length), data, headers?.get(blobHeader));
      },
    });
  }

  onAsk(answer: (asked: Uint8Array) => Promise<Uint8Array>): void {
    this.connection.subscribe(subjects.ask(this.id), {
      callback: (error, message) => {
        if (!error) void answer(message.data).then((told) => message.respond(told));
      },
    });
  }

  onHere(hear: (here: Here) => void): void {
    this.connection.subscribe(subjects.here(this.id), {
      callback: (error, { data }) => {
        if (!error) hear(decodeHere(data));
      },
    });
  }

  /** Removes results, and what a round's clients were sent, that nobody needs any more. */
  async forget(names: readonly string[], frame?: PiecesRef): Promise<void> {
    for (const name of names) await this.jsm.streams.purge(streams.results, { filter: subjects.result(this.id, name) });
    if (frame) await this.jsm.streams.purge(streams.pieces, { filter: subjects.piecesOf(this.id, frame.sha256) });
  }

  /** Says that it is over, and leaves nothing behind. */
  async end(): Promise<void> {
    this.connection.publish(subjects.end(this.id));
    await this.jsm.streams.purge(streams.runs, { filter: subjects.run(this.id) });
    await this.jsm.consumers.delete(streams.jobs, this.id);
    await this.jsm.streams.purge(streams.jobs, { filter: subjects.jobsOf(this.id) });
    await this.jsm.streams.purge(streams.results, { filter: subjects.resultsOf(this.id) });
    await this.jsm.streams.purge(streams.pieces, { filter: subjects.piecesOf(this.id) });
  }

  async #names(stream: string, filter: string): Promise<ReadonlySet<string>> {
    const { state } = await this.jsm.streams.info(stream, { subjects_filter: filter });
    const before = filter.length - 1; // without the >
    return new Set(Object.keys(state.subjects ?? {}).map((subject) => subject.slice(before)));
  }
}

/** Where a result is in pieces: digest and size. */
export const blobHeader = 'Fedward-Blob';
