import type { JsonObject } from '../base/json.js';

/** What can happen in a run. Names are only ever added. */
export type AuditEventType =
  | 'run-start'
  | 'run-resume'
  | 'round-start'
  | 'training'
  /** A site answered a query. */
  | 'query'
  | 'answer-repeated'
  | 'refusal'
  /** A mechanism's half at a site answered its half at the server. */
  | 'call'
  | 'dropout'
  | 'aggregation'
  /** A round released nothing, and the run goes on. */
  | 'round-failure'
  /** What mechanisms told of a sum as they let it out, by name. */
  | 'release'
  | 'evaluation'
  | 'log-recovery'
  /** What became of the rows that a site's data were read from. */
  | 'data'
  | 'run-failure'
  | 'run-end'
  /** The digest of the file that a run was planned in: its first entry, where it has such a file. */
  | 'run-planned'
  /** The digests of the files that a run has left: its last entry. */
  | 'run-sealed';

/** One thing that happened in a run, as it stands in the log. */
export interface AuditEvent {
  readonly type: AuditEventType;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly runId: string;
  readonly round?: number;
  /** The site that it is about. */
  readonly clientId?: string;
  /** Never a patient's data. */
  readonly details: JsonObject;
}

/** Where an event stands in the log, and what vouches for all of it. */
export interface AuditReceipt {
  /** Position of the event in the log, from 0 on. */
  readonly index: number;
  /** Hash over the whole log up to and with this event, hexadecimal. */
  readonly root: string;
}

/** Where events go. What is not written must not be released: callers await `append`. */
export interface AuditSink {
  /** Resolves once the event can no longer be lost. @throws {FedwardError} AUDIT_FAILED */
  append(event: AuditEvent): Promise<AuditReceipt>;
  close(): Promise<void>;
}
