import type { FedwardError, Transport } from '@fedward/core';
import type { Signer, Verifier } from '@fedward/kit-keys';
import type { NatsConnection } from '@nats-io/nats-core';
import type { StudyNotice, StudyStanding } from '../door.js';
import type { Study } from '../study.js';

/** A hospital as the coordinator reaches it. */
export interface Member {
  readonly id: string;
  /** The key of its messages, asked for at each; undefined for one that was revoked: it is asked nothing, and not heard. */
  readonly verifier: () => Verifier | undefined;
  /** The coordinator's in this hospital's account. */
  readonly connection: NatsConnection;
}

/** What a transport tells of what it met, for a log. */
export interface TransportEvent {
  readonly kind: 'refused' | 'asked-again' | 'trouble';
  readonly site: string;
  /** Of the error. */
  readonly code: string;
  readonly words: string;
}

/** Of `natsTransport`. */
export interface NatsTransportOptions {
  readonly federation: string;
  /** Of what belongs to no run of its own, such as what a site says of itself. */
  readonly runId: string;
  readonly planHash: string;
  readonly signer: Signer;
  /** In the order of the federation. */
  readonly members: readonly Member[];
  /** How often it is looked whether what was sent is still there, seconds. Default: 1. */
  readonly reconcileSeconds?: number;
  /** The most that the arrays of one answer may take, bytes: what the plan allows. Default: 1 GiB. */
  readonly mostBytes?: number;
  readonly onEvent?: (event: TransportEvent) => void;
}

/** Core's transport, over the hub. */
export interface NatsTransport extends Transport {
  announce: NonNullable<Transport['announce']>;
  /**
   * Proposes a study, and gives where it stands at the hospital; asked anew each time.
   * @throws {FedwardError} what the hospital refuses with; ABORTED, CLIENT_UNKNOWN
   */
  propose(id: string, study: Study, signal: AbortSignal): Promise<StudyStanding>;
  /**
   * Tells the end of a run: what the hospital kept for questions that come again can go. Resolves once it has answered. A
   * hospital that is away hears of it when it is back, also after the signal has fired.
   */
  ended(id: string, notice: Extract<StudyNotice, { readonly kind: 'ended' }>, signal: AbortSignal): Promise<void>;
  /**
   * Ends it here. Sites go on with what they were asked, so that whoever repeats the round finds their answers; to stop
   * them, let the signals of the questions fire first.
   */
  close(): Promise<void>;
}

/** How a transport tells of an error. */
export type Tell = (kind: TransportEvent['kind'], error: FedwardError) => void;
