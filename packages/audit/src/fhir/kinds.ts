import type { AuditEvent, AuditEventType } from '@fedward/core';
import { numberIn, objectIn, textIn } from '../export/details.js';
import { dicom } from './codes.js';
import type { Coding, FhirAuditEvent } from './types.js';

/** What a type of event is to FHIR and DICOM. */
export interface Kind {
  readonly type: Coding;
  /** Of DICOM, where it has a word for it; our own comes before it. */
  readonly subtype?: Coding;
  readonly action: FhirAuditEvent['action'];
  readonly outcome: FhirAuditEvent['outcome'];
  /** Who sees to it that it happens: exactly one agent of an event is its requestor. */
  readonly requestor: 'coordinator' | 'site' | 'approver' | 'log';
  /** Something of the site's leaves it in the course of this: an event of its own, of the type Export. */
  readonly leaves?: 'update' | 'answer' | 'scores' | 'message';
  /** Nothing but what leaves is to be told: it was told before what was done for it. */
  readonly leavesAlone?: boolean;
}

const activity = (
  action: Kind['action'],
  requestor: Kind['requestor'],
  more: Partial<Omit<Kind, 'type' | 'action' | 'requestor'>> = {},
): Kind => ({ type: dicom.applicationActivity, action, outcome: '0', requestor, ...more });

const configuration = (action: Kind['action'], requestor: Kind['requestor']): Kind => ({
  type: dicom.securityAlert,
  subtype: dicom.securityConfiguration,
  action,
  outcome: '0',
  requestor,
});

const byType: Readonly<Record<AuditEventType, Kind>> = {
  'run-planned': activity('C', 'coordinator'),
  'run-start': activity('E', 'coordinator'),
  'run-resume': activity('E', 'coordinator'),
  'round-start': activity('E', 'coordinator'),
  training: activity('E', 'coordinator', { leaves: 'update' }),
  query: activity('E', 'coordinator', { leaves: 'answer' }),
  'answer-repeated': activity('R', 'coordinator', { leaves: 'answer', leavesAlone: true }),
  // A refusal is the host's word: what was asked for was not done. A retry of the same is refused again.
  refusal: activity('E', 'coordinator', { outcome: '8' }),
  call: activity('R', 'coordinator', { leaves: 'message', leavesAlone: true }),
  // The run goes on without it, and it is asked again.
  dropout: activity('E', 'coordinator', { outcome: '4' }),
  aggregation: activity('E', 'coordinator'),
  'round-failure': activity('E', 'coordinator', { outcome: '4' }),
  release: activity('E', 'coordinator'),
  evaluation: activity('E', 'coordinator'),
  'log-recovery': activity('U', 'log', { outcome: '4' }),
  data: activity('R', 'site'),
  'run-failure': activity('E', 'coordinator', { outcome: '8' }),
  'run-end': activity('E', 'coordinator'),
  'run-sealed': activity('C', 'coordinator'),
  'log-opened': activity('E', 'log', { subtype: dicom.applicationStart }),
  'key-rotated': configuration('U', 'log'),
  'log-pruned': activity('D', 'log'),
  'round-certified': activity('C', 'coordinator'),
  check: activity('E', 'coordinator'),
  approval: activity('E', 'approver'),
  policy: configuration('U', 'site'),
};

/** Of a type that this version does not know: something was done. */
const unknown = activity('E', 'coordinator');

export function kindOf({ type, clientId, details }: AuditEvent): Kind {
  const kind = Object.hasOwn(byType, type) ? byType[type] : unknown;
  if (type === 'evaluation' && clientId !== undefined) return { ...kind, leaves: 'scores' };
  if (type === 'answer-repeated' && details['evaluation'] === true) return { ...kind, leaves: 'scores' };
  // What was made ready, as the entry before tells, did not leave.
  if (type === 'refusal' && clientId !== undefined && textIn(details, 'leaving') !== undefined)
    return { ...kind, type: dicom.export, action: 'R' };
  if (type === 'check' && checkFailed(details)) return { ...kind, outcome: '8' };
  if (clientId === undefined && kind.requestor === 'site') return { ...kind, requestor: 'coordinator' };
  return kind;
}

/** A rule failed: one that needs a person is not one that failed. */
function checkFailed(details: AuditEvent['details']): boolean {
  const counts = objectIn(details, 'counts') ?? objectIn(details, 'outcomes') ?? details;
  return details['ok'] === false || details['outcome'] === 'fail' || (numberIn(counts, 'fail') ?? 0) > 0;
}
