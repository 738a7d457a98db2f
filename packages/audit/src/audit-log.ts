import type { AccountableLog, AuditEvent, AuditHead, AuditReceipt, AuditSink, EntryProof } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';

/** An audit log that is open for writing. */
export interface AuditLog extends AuditSink {
  /**
   * Adds an event behind all others, in the order of the calls. The event is taken as it is at the call.
   * Calls made while a write is under way share the next one.
   *
   * @returns once the entry and the head that counts it are on disk; `root` is the Merkle root over all entries
   *   up to and with this one, 64 hexadecimal digits
   * @throws {FedwardError} ARGUMENT_INVALID for what is no audit event, or one that is the log's own to add, and the log
   *   goes on; AUDIT_FAILED where the disk refuses, and then for every later call too; AUDIT_FAILED after `close`
   */
  append(event: AuditEvent): Promise<AuditReceipt>;
  /** Where the log stands, on disk; null without entries. @param known sizes at which a reader may know it, for `grown` */
  head(known?: readonly number[]): Promise<AuditHead | null>;
  /**
   * Waits for what was appended, leaves all of it in tiles, and gives back the lock.
   * @throws {FedwardError} AUDIT_FAILED where the disk refuses that; what was acknowledged is in the journal then
   */
  close(): Promise<void>;
  /** Number of entries on disk. */
  readonly size: number;
  /** Merkle root over them, 64 hexadecimal digits: what to publish, or keep where the log's owner can't write. */
  readonly root: string;
}

/** An audit log that is open for writing and signed: its heads bind its owner. */
export interface SignedAuditLog extends AuditLog, AccountableLog {
  append: AuditLog['append'];
  head(known?: readonly number[]): Promise<AuditHead | null>;
  /** @throws {FedwardError} ARGUMENT_INVALID for an entry that there is not, or that was let go */
  prove(index: number): Promise<EntryProof>;
  /**
   * Hands over to another key: an entry that names it, with a statement that both have signed, is the last that the old one signs.
   * @param signer of the same name
   * @throws {FedwardError} ARGUMENT_INVALID for another name; as `append`
   */
  rotate(signer: Signer): Promise<void>;
}
