import { numberIn, textIn } from './details.js';
import type { LoggedEntries, LoggedEntry } from './entry.js';
import { epsilonOf, spentWords } from './figures.js';
import { matcher, type AuditFilters } from './filters.js';
import { visible } from './visible.js';
import { describeAuditEvent } from './words.js';

/** An entry in columns. What it does not say is null; text is on one line, with what could mislead made visible. */
export interface AuditRow {
  readonly index: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly type: string;
  readonly run: string;
  readonly round: number | null;
  /** The site that it is about. */
  readonly hospital: string | null;
  /** What happened, in words. */
  readonly summary: string;
  /** Number of records, where it is public. */
  readonly samples: number | null;
  readonly epsilon: number | null;
  /** What was spent of a privacy budget, in words. */
  readonly spent: string | null;
  /** Of an error. */
  readonly code: string | null;
  readonly reason: string | null;
  /** Whose log it is of, where several are read as one; `index` is its place in that one. */
  readonly log: string | null;
  /** Of the entry in the log's Merkle tree, hexadecimal. */
  readonly leafHash: string;
}

/** In this order. */
export const auditColumns: readonly (keyof AuditRow)[] = [
  ...(['index', 'time', 'type', 'run', 'round', 'hospital', 'summary', 'samples'] as const),
  ...(['epsilon', 'spent', 'code', 'reason', 'log', 'leafHash'] as const),
];

export function auditRow(entry: LoggedEntry): AuditRow {
  const { event, index, hash, log } = entry;
  const { time, type, runId, round, clientId, details } = event;
  const { what, howMuch } = describeAuditEvent(event);
  const text = (value: string | undefined): string | null => (value === undefined ? null : visible(value));
  return {
    index,
    time,
    type,
    run: visible(runId),
    round: round ?? null,
    hospital: text(clientId),
    summary: visible(howMuch === '' ? what : `${what}; ${howMuch}`),
    samples: numberIn(details, 'samples') ?? null,
    epsilon: epsilonOf(details) ?? null,
    spent: text(spentWords(details['spent'])),
    code: text(textIn(details, 'code')),
    reason: text(textIn(details, 'reason')),
    log: text(log),
    leafHash: hash,
  };
}

/** The rows of the entries that are wanted, one by one. */
export async function* auditRows(entries: LoggedEntries, filters?: AuditFilters): AsyncGenerator<AuditRow> {
  const wanted = matcher(filters);
  for await (const entry of entries) if (wanted(entry.event)) yield auditRow(entry);
}
