import type { AuditEntry } from '../entry.js';

/** An entry as `readAuditLog` gives it. */
export interface LoggedEntry extends Pick<AuditEntry, 'event' | 'index' | 'hash'> {
  /** Whose log it is of, where entries of several are read as one: each counts its own from 0 on, and has a writer of its own. */
  readonly log?: string;
}

/** Entries in the order of the log; read once. */
export type LoggedEntries = AsyncIterable<LoggedEntry> | Iterable<LoggedEntry>;
