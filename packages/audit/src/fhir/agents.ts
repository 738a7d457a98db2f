import type { AuditEvent } from '@fedward/core';
import { approverOf } from '../export/who.js';
import { agentRoleSystem, concept, dicom, humanUser, namespaces } from './codes.js';
import type { LogContext } from './context.js';
import type { Kind } from './kinds.js';
import { fhirText } from './text.js';
import type { AuditEventAgent, CodeableConcept, Coding, Reference } from './types.js';

type Agent = Omit<AuditEventAgent, 'requestor'> & { readonly role: readonly [CodeableConcept] };

/** Who had a part in an event: the node's software, the coordinator, and, where the log says, who approved the plan and who runs the
 * host that writes. */
export function agentsOf(event: AuditEvent, kind: Kind, context: LogContext, leaving = false): AuditEventAgent[] {
  const { runId, clientId, type, details } = event;
  const approver = type === 'approval' ? approverOf(details) : context.approver(runId);
  const policy = policyOf(context.planHash(runId));
  const agents: Agent[] = [];
  if (clientId !== undefined)
    agents.push({
      type: concept(leaving ? dicom.source : dicom.application),
      role: [roleOf('site')],
      who: siteReference(clientId),
      ...software(context.software(runId, clientId)),
      ...policy,
    });
  const log = kind.requestor === 'log';
  agents.push({
    type: concept(leaving ? dicom.destination : dicom.application),
    role: [roleOf(log ? 'log-writer' : 'coordinator')],
    who: log ? writerReference(context) : coordinatorReference(context),
    ...(clientId === undefined && (log || context.writer.role !== 'site')
      ? software(context.software(runId, undefined))
      : {}),
  });
  if (approver !== undefined) agents.push({ ...person('approver', approver), ...policy });
  if (context.writer.operator !== undefined) agents.push(person('operator', context.writer.operator));
  const wanted = kind.requestor === 'log' ? 'log-writer' : kind.requestor;
  const asks = agents.findIndex(({ role }) => role[0].coding[0]!.code === wanted);
  // Where the log does not name who approved, whoever writes it stands for them.
  return agents.map((agent, i) => ({ ...agent, requestor: i === Math.max(asks, 0) }));
}

export function siteReference(clientId: string): Reference {
  return { type: 'Device', identifier: { system: namespaces.site, value: fhirText(clientId) } };
}

/** By its key, where the log is the coordinator's own and says so. */
export function coordinatorReference({ writer }: LogContext): Reference {
  if (writer.role === 'coordinator' && writer.key !== undefined) return keyReference(writer.key);
  return { type: 'Device', identifier: { system: namespaces.party, value: 'coordinator' } };
}

/** Who writes the log. */
export function writerReference({ writer }: LogContext): Reference {
  if (writer.key !== undefined) return keyReference(writer.key);
  return { type: 'Device', identifier: { system: namespaces.party, value: fhirText(writer.role ?? 'coordinator') } };
}

function person(role: 'approver' | 'operator', name: string): Agent {
  const identifier = { system: namespaces.key, value: fhirText(name) };
  return { type: concept(humanUser), role: [roleOf(role)], who: { type: 'Practitioner', identifier } };
}

function keyReference(name: string): Reference {
  return { type: 'Device', identifier: { system: namespaces.key, value: fhirText(name) } };
}

const displays = {
  site: 'site of the federation',
  coordinator: 'coordinator of the federation',
  'log-writer': 'writer of the audit log',
  approver: 'approver of the plan',
  operator: 'operator of the host',
} as const;

function roleOf(code: keyof typeof displays): CodeableConcept {
  const coding: Coding = { system: agentRoleSystem, code, display: displays[code] };
  return concept(coding);
}

function software(names: readonly string[]): { name?: string } {
  return names.length === 0 ? {} : { name: fhirText(names.join(', ')) };
}

/** The plan as a URI of its digest (RFC 6920, section 3: `ni:///sha-256;` and base64url). */
function policyOf(planHash: string | undefined): { policy?: readonly string[] } {
  const digest = planHash === undefined ? undefined : /^(?:sha256:)?([0-9a-f]{64})$/.exec(planHash)?.[1];
  if (digest === undefined) return {};
  return { policy: [`ni:///sha-256;${Buffer.from(digest, 'hex').toString('base64url')}`] };
}
