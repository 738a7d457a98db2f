import type { LoggedEntries } from '../export/entry.js';
import { matcher, type AuditFilters } from '../export/filters.js';
import { fhirAuditEvents } from './audit-event.js';
import { LogContext } from './context.js';
import { resourceUrl } from './codes.js';
import type { FhirAuditEvent } from './types.js';

/** Of `auditFhir`. */
export interface FhirOptions {
  readonly filters?: AuditFilters;
  /** One Bundle of the type `collection` instead of a resource a line. */
  readonly bundle?: boolean;
}

/** The AuditEvents of the entries that are wanted, one by one. Entries that are not are read for what they say of them. */
export async function* auditEvents(entries: LoggedEntries, filters?: AuditFilters): AsyncGenerator<FhirAuditEvent> {
  const wanted = matcher(filters);
  const context = new LogContext();
  for await (const entry of entries) {
    context.learn(entry);
    if (wanted(entry.event)) yield* fhirAuditEvents(entry, context);
  }
}

/**
 * A log as FHIR R4, piece by piece: NDJSON with a resource a line (as in HL7's Bulk Data Access), or one Bundle. Memory does
 * not grow with the log.
 */
export async function* auditFhir(
  entries: LoggedEntries,
  { filters, bundle = false }: FhirOptions = {},
): AsyncGenerator<string> {
  if (!bundle) {
    for await (const resource of auditEvents(entries, filters)) yield `${JSON.stringify(resource)}\n`;
    return;
  }
  yield '{"resourceType":"Bundle","type":"collection"';
  let count = 0;
  for await (const resource of auditEvents(entries, filters)) {
    // A Bundle without entries has no member for them: FHIR knows no empty lists.
    yield `${count++ === 0 ? ',"entry":[' : ','}\n${JSON.stringify({ fullUrl: resourceUrl(resource.id), resource })}`;
  }
  yield count === 0 ? '}\n' : '\n]}\n';
}
