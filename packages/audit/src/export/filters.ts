import type { AuditEvent } from '@fedward/core';

/** Which entries are wanted. What is absent leaves none out. */
export interface AuditFilters {
  /** Id of the site that an event is about. */
  readonly hospital?: string;
  /** From and to, both counted in. What belongs to no round is left out. */
  readonly rounds?: { readonly from: number; readonly to: number };
  /** Types of events; unknown ones match nothing. */
  readonly types?: readonly string[];
  /** ISO 8601; the first moment that counts. */
  readonly since?: string;
  /** ISO 8601; the last moment that counts. */
  readonly until?: string;
  readonly run?: string;
}

/** @returns whether an event is wanted; filters are read once, for a log of any length */
export function matcher(filters: AuditFilters = {}): (event: AuditEvent) => boolean {
  const { hospital, rounds, run } = filters;
  const types = filters.types && new Set(filters.types);
  const since = filters.since === undefined ? -Infinity : Date.parse(filters.since);
  const until = filters.until === undefined ? Infinity : Date.parse(filters.until);
  const anyTime = since === -Infinity && until === Infinity;
  return (event) => {
    if (hospital !== undefined && event.clientId !== hospital) return false;
    if (run !== undefined && event.runId !== run) return false;
    if (types && !types.has(event.type)) return false;
    if (rounds && !(event.round !== undefined && event.round >= rounds.from && event.round <= rounds.to)) return false;
    if (anyTime) return true;
    const time = Date.parse(event.time);
    return time >= since && time <= until;
  };
}
