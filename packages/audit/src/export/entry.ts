import { canonicalJson, type AuditEvent } from '@fedward/core';
import { leafHash } from '@fedward/kit-merkle';

/** An entry as `readAuditLog` gives it. */
export interface LoggedEntry {
  readonly event: AuditEvent;
  /** Position in the log, from 0 on. */
  readonly index: number;
  /** Hash of its leaf, hexadecimal, where the reader has it already. */
  readonly hash?: string;
}

/** Entries in the order of the log; read once. */
export type LoggedEntries = AsyncIterable<LoggedEntry> | Iterable<LoggedEntry>;

/** Hash of an entry's leaf in the log's Merkle tree (RFC 6962, section 2.1), 64 hexadecimal digits. */
export function hashOfEntry(entry: LoggedEntry): string {
  return entry.hash ?? leafHash(Buffer.from(canonicalJson(entry)));
}
