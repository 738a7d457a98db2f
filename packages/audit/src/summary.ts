import type { AuditEventType } from '@fedward/core';
import type { AuditEntry } from './entry.js';

/** Counts over a log. */
export interface AuditSummary {
  readonly events: number;
  /** Number of different sites (`clientId`) that events are about. */
  readonly hospitals: number;
  /** Number of events of the type `training`: one for each site in each round that it trained in. */
  readonly trainingEvents: number;
  /** Times of the first and the last event in the order of the log; null for an empty one. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** Number of events of each type that occurs. */
  readonly eventsByType: Readonly<Partial<Record<AuditEventType, number>>>;
}

/** Counts entries one by one. Memory: one name for each site and type. */
export class AuditCounter {
  readonly #hospitals = new Set<string>();
  readonly #byType = new Map<AuditEventType, number>();
  #events = 0;
  #firstTime: string | null = null;
  #lastTime: string | null = null;

  add({ event: { type, time, clientId } }: Pick<AuditEntry, 'event'>): void {
    this.#events += 1;
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1);
    if (clientId !== undefined) this.#hospitals.add(clientId);
    this.#firstTime ??= time;
    this.#lastTime = time;
  }

  summary(): AuditSummary {
    return {
      events: this.#events,
      hospitals: this.#hospitals.size,
      trainingEvents: this.#byType.get('training') ?? 0,
      firstTime: this.#firstTime,
      lastTime: this.#lastTime,
      eventsByType: Object.fromEntries(this.#byType),
    };
  }
}

/**
 * Counts the events of a log, as `readAuditLog` gives them.
 * @param entries in the order of the log; read once
 */
export async function summarizeAuditLog(
  entries: AsyncIterable<Pick<AuditEntry, 'event'>> | Iterable<Pick<AuditEntry, 'event'>>,
): Promise<AuditSummary> {
  const counter = new AuditCounter();
  for await (const entry of entries) counter.add(entry);
  return counter.summary();
}
