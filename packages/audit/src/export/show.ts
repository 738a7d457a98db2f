import type { LoggedEntries } from './entry.js';
import { matcher, type AuditFilters } from './filters.js';
import { visible } from './visible.js';
import { whoOf } from './who.js';
import { describeAuditEvent } from './words.js';

/** An entry for people, each part on one line with what could mislead made visible. */
export interface ShownEntry {
  readonly index: number;
  /** ISO 8601, UTC. */
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly round: number | null;
  readonly howMuch: string;
  readonly type: string;
  readonly run: string;
}

/** Who, what, when and how much: the entries that are wanted, one by one, so that a log of any length can be shown. */
export async function* showAuditLog(entries: LoggedEntries, filters?: AuditFilters): AsyncGenerator<ShownEntry> {
  const wanted = matcher(filters);
  for await (const { event, index } of entries) {
    if (!wanted(event)) continue;
    const { what, howMuch } = describeAuditEvent(event);
    yield {
      index,
      when: event.time,
      who: visible(whoOf(event)),
      what: visible(what),
      round: event.round ?? null,
      howMuch: visible(howMuch),
      type: event.type,
      run: visible(event.runId),
    };
  }
}
