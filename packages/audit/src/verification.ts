import type { AuditFault } from './fault.js';
import type { AuditSummary } from './summary.js';

/** Where a log stood, as someone else has kept it. */
export interface KeptHead {
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
  /** Who has kept it, for messages. */
  readonly by?: string;
}

/** What a log is held against. */
export interface VerifyOptions {
  /** A root that was kept elsewhere: of a receipt, or of an earlier verification. 64 hexadecimal digits. */
  readonly expectedRoot?: string;
  /**
   * Number of entries that this root is over: a receipt's `index + 1`. Default: any number, so that a root that was noted
   * before more was logged is recognised; `AuditVerification.expectedSize` says which.
   */
  readonly expectedSize?: number;
  /**
   * Verifier keys, one of which must be that which the log was first signed with. Without them a log's signatures are held
   * against the key that it names itself, which shows that it is whole and not whose it is.
   */
  readonly keys?: readonly string[];
  /** Heads that others have kept: signed checkpoints, cosigned or not, or what they say. */
  readonly heads?: readonly (string | KeptHead)[];
}

/** Whose signature is on a log's head. */
export interface LogSignature {
  readonly verifierKey: string;
  /** From how many entries on this key signs. */
  readonly from: number;
  /** Whether it is one of `keys`, or one of those has handed over to it. */
  readonly trusted: boolean;
}

/** What was found of a log. */
export interface AuditVerification {
  /** True where the log is, byte for byte, what a writer left behind, and all that was asked for holds. */
  readonly ok: boolean;
  /** 1: `log.jsonl` and `head.json`, of version 0.1; 2: tiles. */
  readonly version: 1 | 2;
  /** Number of entries. */
  readonly size: number;
  /** Merkle root over them, 64 hexadecimal digits: with `ok`, what to keep elsewhere. */
  readonly root: string;
  /** What is wrong, first entry first. What follows from a fault is not listed again. */
  readonly faults: readonly AuditFault[];
  /** Number of entries that the expected root is over; undefined where none was given, or it was not found. */
  readonly expectedSize?: number;
  /** The keys that the log was signed with, one after the other; none for a log that is not signed. */
  readonly signatures: readonly LogSignature[];
  /** The entries before this one were let go; their hashes are there and hold. 0 where all are there. */
  readonly prunedBelow: number;
  /** Of the entries that could be read. */
  readonly summary: AuditSummary;
}
