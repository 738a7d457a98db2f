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
  | 'run-sealed'
  /** Who writes from here on: software, role, key. */
  | 'log-opened'
  /** From here on another key signs. */
  | 'key-rotated'
  /** Old entries were let go; what proves them stays. */
  | 'log-pruned'
  /** What binds a round together: plan, data, who took part, models, updates, price, heads of all logs. */
  | 'round-certified'
  /** What a host's checks before a run came to. */
  | 'check'
  /** A plan was approved, or an approval taken back. */
  | 'approval'
  /** Which rules of a host's own a site keeps to. */
  | 'policy';

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

/** That a log only grew since it had so many entries. */
export interface Growth {
  readonly size: number;
  /** Consistency proof (RFC 6962, section 2.1.2), hashes in hexadecimal. */
  readonly proof: readonly string[];
}

/** Where a log stands, as its owner vouches for it. */
export interface AuditHead extends AuditReceipt {
  /** The same as a signed checkpoint (C2SP tlog-checkpoint). Absent where the log is not signed. */
  readonly checkpoint?: string;
  /** For each size at which the reader may know it. */
  readonly grown?: readonly Growth[];
}

/** An entry of a log, with what shows to whoever has the log's public key that it is in there. */
export interface EntryProof {
  /** Canonical JSON, the bytes of the leaf. */
  readonly entry: string;
  /** A tlog-proof (C2SP): inclusion proof and signed checkpoint. */
  readonly proof: string;
}

/** Where events go. What is not written must not be released: callers await `append`. */
export interface AuditSink {
  /** Resolves once the event can no longer be lost. @throws {FedwardError} AUDIT_FAILED */
  append(event: AuditEvent): Promise<AuditReceipt>;
  close(): Promise<void>;
}

/** A log whose owner answers for it to others: it is signed, and proves what it holds. */
export interface AccountableLog extends AuditSink {
  /** The public key that its heads are signed with, as C2SP writes it; its name is the log's origin. */
  readonly verifierKey: string;
  /**
   * Over all entries that can't be lost any more; null without any.
   * @param known sizes at which a reader may know it, for `grown`
   */
  head(known?: readonly number[]): Promise<AuditHead | null>;
  /** @throws {FedwardError} ARGUMENT_INVALID for an entry that there is not */
  prove(index: number): Promise<EntryProof>;
}

/** What one keeps of where the others' logs stand, so that none of them can be written anew unseen. */
export interface Witness {
  /** Number of entries of this one's log when it was noted last; 0 before. @param who a client's id, or `coordinator` */
  seen(who: string): Promise<number>;
  /**
   * Notes where another's log stands; it lasts once this resolves.
   * @returns a cosignature of its checkpoint: a line of a signed note (C2SP tlog-cosignature)
   * @throws {FedwardError} AUDIT_TAMPERED for a log that is not the continuation of the one that was noted before, or of
   *   which that is not shown; SIGNATURE_INVALID for a head that is not signed by whom it should be
   */
  note(who: string, head: AuditHead): Promise<string>;
  /** @throws {FedwardError} SIGNATURE_INVALID unless this one has cosigned this checkpoint */
  assertCosigned(who: string, checkpoint: string, cosignature: string): void;
  /** @throws {FedwardError} SIGNATURE_INVALID or AUDIT_TAMPERED unless this entry is in the log of this one */
  assertLogged(who: string, entry: EntryProof): void;
}

/** By which a server's log is known to its sites' witnesses. */
export const coordinator = 'coordinator';

export function isAccountable(sink: AuditSink | undefined): sink is AccountableLog {
  return sink !== undefined && 'head' in sink && 'prove' in sink;
}
