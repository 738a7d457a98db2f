import { randomUUID } from 'node:crypto';
import { hasCode } from '@fedward/core';
import type { Subscription } from '@nats-io/nats-core';
import { purgeBlob } from '../blobs/list.js';
import type { Sealed, Signed } from '../envelope/envelope.js';
import { watchPresence, type Presence } from '../presence/watch.js';
import { untilDone } from '../retry.js';
import { ensureSiteStreams } from '../streams/ensure.js';
import { streams as names, subjects } from '../subjects.js';
import type { Lane, LeftBehind } from './lanes.js';
import type { Member } from './options.js';
import { Streams } from './stored.js';

/** What is heard in a hospital's account. */
export interface Ears {
  /** @param ask by the subject, which says nothing: what counts is in the message */
  onResult(ask: string, sealed: Sealed): void;
  /** The hospital's process is another one than before. */
  onStarted(): void;
}

/** The coordinator's hands and ears in a hospital's account. */
export class Account {
  #streams: Promise<Streams> | undefined;
  #subscription: Subscription | undefined;
  #presence: Presence | undefined;
  /** How often the hospital's process has been started, when it was heard last. */
  #starts: number | undefined;

  constructor(
    private readonly member: Member,
    private readonly federation: string,
    /** Fires when nothing is to be done any more. */
    private readonly signal: AbortSignal,
    private readonly ears: Ears,
  ) {}

  /** Its streams, made where they are missing. While the hub is away it is waited for. @throws CONFIG_INCOMPATIBLE, ABORTED */
  open(): Promise<Streams> {
    this.#streams ??= (async () => {
      await untilDone(() => this.heal(), this.signal, (error) => {
        if (hasCode(error, 'CONFIG_INCOMPATIBLE')) throw error; // waiting does not help against it
      }); // prettier-ignore
      this.#listen();
      return Streams.at(this.member.connection);
    })();
    this.#streams.catch(() => (this.#streams = undefined));
    return this.#streams;
  }

  /** Makes the streams that the hub has lost. */
  async heal(): Promise<void> {
    await ensureSiteStreams(this.member.connection);
  }

  /**
   * What is sent in a lane arrives in the order that it was sent in.
   * @param isOver asked when its turn has come
   */
  async send(lane: Lane, subject: string, sealed: Signed, isOver: () => boolean): Promise<void> {
    const messageId = randomUUID(); // of each sending its own: the hub drops what has one that it knows
    const sent = lane.tail.then(async () => {
      const streams = await this.open();
      await untilDone(async () => {
        if (isOver()) return;
        try {
          await streams.publish(subject, sealed, messageId);
        } catch (error) {
          await this.heal();
          throw error;
        }
      }, this.signal);
    });
    lane.tail = sent.catch(() => undefined);
    await sent;
  }

  /** Makes room for another answer. */
  async purge(subject: string): Promise<void> {
    await (await this.open()).purge(names.results, subject);
  }

  /** Removes an answer with its arrays. */
  async remove({ subject, payload }: Pick<LeftBehind, 'subject' | 'payload'>): Promise<void> {
    await this.purge(subject);
    if (payload) await purgeBlob(this.member.connection, 'up', payload);
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#presence?.close();
  }

  #listen(): void {
    const { connection } = this.member;
    this.#subscription ??= connection.subscribe(subjects.results, {
      callback: (error, message) => {
        if (!error) this.ears.onResult(message.subject.split('.').at(-1)!, message);
      },
    });
    const onHeard = ({ starts }: { readonly starts: number }): void => {
      const before = this.#starts;
      this.#starts = starts;
      if (before !== undefined && starts !== before) this.ears.onStarted();
    };
    this.#presence ??= watchPresence(this.member, { federation: this.federation, onHeard });
  }
}
