import type { AuditEvent } from '@fedward/core';
import { leafHash } from '@fedward/kit-merkle';
import { leafOf } from '../entry.js';
import type { LoggedEntry } from '../export/entry.js';

/** Events as the entries of a log that holds these alone. */
export function logged(events: readonly AuditEvent[]): LoggedEntry[] {
  return events.map((event, index) => ({ event, index, hash: leafHash(leafOf({ event, index })) }));
}
