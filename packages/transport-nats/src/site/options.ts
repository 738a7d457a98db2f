import type { Software } from '@fedward/core';
import type { Signer, Verifier } from '@fedward/kit-keys';
import type { NatsConnection } from '@nats-io/nats-core';
import type { SiteDoor } from '../door.js';

/** What a courier tells of what it met, for the site's log. */
export interface CourierEvent {
  /**
   * `refused`: a message that is not the coordinator's, or is an old one; `answered` and `declined`: what was sent to it;
   * `trouble`: tried again.
   */
  readonly kind: 'refused' | 'answered' | 'declined' | 'trouble';
  /** Of the question, where it is known. */
  readonly question?: string;
  readonly run?: string;
  readonly round?: number;
  /** Of the error, where there is one. */
  readonly code?: string;
  readonly words: string;
}

/** What a hospital tells of itself in its presence. */
export interface SiteSays {
  readonly software: readonly Software[];
  /** Hashes of the plans that it has approved. */
  readonly approved: readonly string[];
}

/** Of `serveSite`. */
export interface SiteCourierOptions {
  /** The hospital's own. */
  readonly connection: NatsConnection;
  readonly federation: string;
  readonly id: string;
  readonly signer: Signer;
  /** The key of the coordinator, asked for at each message. */
  readonly coordinator: () => Verifier;
  readonly door: SiteDoor;
  /** The courier's own: `outbox`, and what it remembers. Made where it is missing. */
  readonly folder: string;
  /** Default: nothing. */
  readonly says?: () => SiteSays;
  /** How often it says that it is there, seconds. Default: 5. */
  readonly presenceSeconds?: number;
  readonly onEvent?: (event: CourierEvent) => void;
}

/** What is at work. */
export interface AtWork {
  readonly kind: string;
  readonly run: string;
  readonly round?: number | undefined;
}

/** A hospital's courier, while it runs. */
export interface SiteCourier {
  readonly atWork: readonly AtWork[];
  /** Says at once what has changed, such as an approval. */
  changed(): void;
  /**
   * Asks the coordinator something of another kind than those of a study, such as a new certificate. It is asked until it has
   * answered.
   * @param kind letters, digits and hyphens
   * @returns the answer @throws {FedwardError} what the coordinator refuses with; ABORTED
   */
  request(kind: string, said: unknown, signal: AbortSignal): Promise<unknown>;
  /** Ends what is at work; it is begun again when the next courier asks for tasks. */
  close(): Promise<void>;
}
