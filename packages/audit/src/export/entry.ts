import type { AuditEntry } from '../entry.js';

/** An entry as `readAuditLog` gives it. */
export type LoggedEntry = Pick<AuditEntry, 'event' | 'index' | 'hash'>;

/** Entries in the order of the log; read once. */
export type LoggedEntries = AsyncIterable<LoggedEntry> | Iterable<LoggedEntry>;
