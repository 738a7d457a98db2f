import type { AuditEvent, Json, JsonObject } from '@fedward/core';
import { asObject, numberIn, textIn } from '../export/details.js';
import type { LoggedEntry } from '../export/entry.js';
import { epsilonOf, spentWords } from '../export/figures.js';
import { namespaces, objectRoles, systemObject } from './codes.js';
import type { LogContext } from './context.js';
import { fhirText } from './text.js';
import type { AuditEventDetail, AuditEventEntity, Coding } from './types.js';

/** What an event was about: the log's entry, the run, the plan, the data set, and whatever else it names by digest. */
export function entitiesOf(entry: LoggedEntry, context: LogContext): AuditEventEntity[] {
  const { event, index, hash } = entry;
  const { runId, clientId, details } = event;
  const plan = digestOf(context.planHash(runId));
  const sheet = clientId === undefined ? undefined : digestOf(context.dataSheet(runId, clientId));
  const named = digestsIn(details).filter(({ digest }) => digest !== plan && digest !== sheet);
  return [
    {
      ...entity('audit log entry', objectRoles.securityResource, namespaces.entry, hash),
      detail: [detail('index', index), ...detailsOf(event)],
    },
    entity('run', objectRoles.jobStream, namespaces.run, fhirText(runId)),
    ...(plan === undefined ? [] : [entity('plan', objectRoles.job, namespaces.digest, plan)]),
    ...(sheet === undefined ? [] : [entity('data sheet', objectRoles.dataRepository, namespaces.digest, sheet)]),
    ...named.map(({ path, digest }) => entity(path, roleOf(path), namespaces.digest, digest)),
  ];
}

function entity(name: string, role: Coding, system: string, value: string): AuditEventEntity {
  return { what: { identifier: { system, value } }, type: systemObject, role, name: fhirText(name) };
}

function detail(type: string, value: string | number | boolean): AuditEventDetail {
  return { type, valueString: fhirText(String(value)) };
}

/** Codes of errors; a code that looks otherwise may be others' text, and stays in the log. */
export const errorCode = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Names of a host's rules. */
const ruleName = /^[A-Za-z][A-Za-z0-9.-]{0,63}$/;

/** Figures and codes by name, and no text of others: reasons stay in the log. */
function detailsOf({ round, details }: AuditEvent): AuditEventDetail[] {
  const found: AuditEventDetail[] = round === undefined ? [] : [detail('round', round)];
  for (const key of ['rounds', 'samples', 'divisor', 'weightLost'] as const) {
    const value = numberIn(details, key);
    if (value !== undefined) found.push(detail(key, value));
  }
  const epsilon = epsilonOf(details);
  if (epsilon !== undefined) found.push(detail('epsilon', epsilon));
  const delta = numberIn(asObject(details['privacy']) ?? details, 'delta');
  if (delta !== undefined) found.push(detail('delta', delta));
  const spent = spentWords(details['spent']);
  if (spent !== undefined) found.push(detail('spent', spent));
  for (const key of ['participants', 'dropped', 'leftOut', 'cohort'] as const) {
    const list = details[key];
    if (Array.isArray(list)) found.push(detail(key, list.length));
  }
  const code = textIn(details, 'code');
  const rule = textIn(details, 'rule');
  if (code !== undefined && errorCode.test(code)) found.push(detail('code', code));
  if (rule !== undefined && ruleName.test(rule)) found.push(detail('rule', rule));
  if (typeof details['simulationOnly'] === 'boolean') found.push(detail('simulationOnly', details['simulationOnly']));
  return found;
}

/** A digest in an event's details, and where it stands. */
interface Named {
  readonly path: string;
  readonly digest: string;
}

/** An event of a large federation may name a digest for each site; its log has them all. */
const mostNamed = 64;

function digestOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : /^(?:sha256:)?([0-9a-f]{64})$/.exec(value)?.[1];
}

/** The SHA-256 digests in an event's details, at most 64 of them, in the order of their names. */
function digestsIn(details: JsonObject): Named[] {
  const found: Named[] = [];
  const walk = (value: Json, path: string, depth: number): void => {
    if (found.length >= mostNamed || depth > 4) return;
    if (typeof value === 'string') {
      const digest = digestOf(value);
      if (digest !== undefined) found.push({ path, digest });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value))
        walk(part as Json, path === '' ? key : `${path}.${key}`, depth + 1);
    }
  };
  walk(details, '', 0);
  return found;
}

/** By what the name of a digest begins with. */
function roleOf(path: string): Coding {
  if (path.startsWith('sha256.')) return objectRoles.report; // files, by their names
  if (/^plan/i.test(path)) return objectRoles.job;
  if (/^data/i.test(path)) return objectRoles.dataRepository;
  if (/^(model|update|sum|masked)/i.test(path)) return objectRoles.domainResource;
  return objectRoles.securityResource;
}
