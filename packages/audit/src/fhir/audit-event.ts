import { textIn } from '../export/details.js';
import type { LoggedEntry } from '../export/entry.js';
import { agentsOf, coordinatorReference, siteReference, writerReference } from './agents.js';
import { applicationServer, concept, dicom, healthcareResearch, subtypeSystem } from './codes.js';
import type { LogContext } from './context.js';
import { entitiesOf, errorCode } from './entities.js';
import { kindOf, type Kind } from './kinds.js';
import { fhirInstant, fhirText } from './text.js';
import type { FhirAuditEvent, Reference } from './types.js';

/**
 * An entry of a log as FHIR R4 AuditEvents: one for what was done, and one of the type Export for what left a site in the
 * course of it. Ids follow from the leaf hash alone, so that an export that is sent twice is known again.
 *
 * No text of others but names of sites, runs, keys, software and files is in them: reasons stay in the log.
 *
 * @param context of all entries before this one
 */
export function fhirAuditEvents(entry: LoggedEntry, context: LogContext): FhirAuditEvent[] {
  const kind = kindOf(entry.event);
  const done = kind.leavesAlone ? [] : [resource(entry, kind, context, false)];
  return kind.leaves === undefined ? done : [...done, resource(entry, kind, context, true)];
}

function resource(entry: LoggedEntry, kind: Kind, context: LogContext, leaving: boolean): FhirAuditEvent {
  const { event } = entry;
  const why = kind.outcome === '0' ? undefined : outcomeWords(event);
  return {
    resourceType: 'AuditEvent',
    // An id has 64 characters at most, as many as the hash alone. 192 bits are enough to tell entries apart.
    id: `${entry.hash.slice(0, 48)}-${leaving ? 'export' : 'event'}`,
    type: leaving ? dicom.export : kind.type,
    subtype: [
      { system: subtypeSystem, code: leaving ? `${kind.leaves!}-leaves` : event.type },
      ...(kind.subtype && !leaving ? [kind.subtype] : []),
    ],
    action: leaving ? 'R' : kind.action,
    recorded: fhirInstant(event.time),
    outcome: kind.outcome,
    ...(why !== undefined && { outcomeDesc: why }),
    purposeOfEvent: [concept(healthcareResearch)],
    agent: agentsOf(event, kind, context, leaving || kind.type === dicom.export),
    source: { site: siteOf(entry, context), observer: observerOf(entry, kind, context), type: [applicationServer] },
    entity: entitiesOf(entry, context),
  };
}

/** What went wrong, by its code. The reason may hold anything, and stays in the log. */
function outcomeWords({ type, details }: LoggedEntry['event']): string {
  const code = textIn(details, 'code');
  return code !== undefined && errorCode.test(code) ? `${type}: ${code}` : type;
}

/** What sites themselves write of what they do; the rest is the word of whoever writes the log. */
const ofSites: ReadonlySet<string> = new Set([
  'training',
  'query',
  'answer-repeated',
  'call',
  'refusal',
  'evaluation',
  'data',
]);

function observerOf({ event: { type, clientId } }: LoggedEntry, kind: Kind, context: LogContext): Reference {
  if (clientId !== undefined && ofSites.has(type)) return siteReference(clientId);
  if (kind.requestor === 'log' || context.writer.role === 'site') return writerReference(context);
  return coordinatorReference(context);
}

function siteOf({ event: { type, clientId } }: LoggedEntry, { writer }: LogContext): string {
  if (clientId !== undefined && ofSites.has(type)) return fhirText(clientId);
  return fhirText(writer.key ?? writer.role ?? 'coordinator');
}
