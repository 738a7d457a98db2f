import type { CodeableConcept, Coding } from './types.js';

/** Namespaces of our own are below the project's address; none of them need lead to a page. */
const own = 'https://github.com/fedward/fedward/fhir';

/** Code system of subtypes: the types of a log's events, and `update-leaves`. */
export const subtypeSystem = `${own}/audit-event-subtype`;
/** Code system of what an agent is: `site`, `coordinator`, `approver`, `operator`, `log-writer`. */
export const agentRoleSystem = `${own}/agent-role`;
/** Namespaces of identifiers. A digest is SHA-256 in hexadecimal, a log entry its leaf hash (RFC 6962, section 2.1). */
export const namespaces = {
  site: `${own}/site-id`,
  party: `${own}/party`,
  key: `${own}/key-name`,
  run: `${own}/run-id`,
  digest: `${own}/sha256`,
  entry: `${own}/log-entry`,
} as const;

/** Absolute, as a Bundle asks of each of its entries. */
export function resourceUrl(id: string): string {
  return `${own}/AuditEvent/${id}`;
}

const dcm = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
});

/** DICOM PS3.16, CID 400 and 401: kinds of events and what is more exact of them. */
export const dicom = {
  applicationActivity: dcm('110100', 'Application Activity'),
  export: dcm('110106', 'Export'),
  securityAlert: dcm('110113', 'Security Alert'),
  applicationStart: dcm('110120', 'Application Start'),
  securityConfiguration: dcm('110129', 'Security Configuration'),
  application: dcm('110150', 'Application'),
  destination: dcm('110152', 'Destination Role ID'),
  source: dcm('110153', 'Source Role ID'),
} as const;

export const humanUser: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
  code: 'humanuser',
  display: 'human user',
};

export const healthcareResearch: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HRESCH',
  display: 'healthcare research',
};

export const applicationServer: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  code: '4',
  display: 'Application Server',
};

export const systemObject: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  code: '2',
  display: 'System Object',
};

const objectRole = (code: string, display: string): Coding => ({
  system: 'http://terminology.hl7.org/CodeSystem/object-role',
  code,
  display,
});

/** What an entity is to an event. */
export const objectRoles = {
  report: objectRole('3', 'Report'),
  domainResource: objectRole('4', 'Domain Resource'),
  securityResource: objectRole('13', 'Security Resource'),
  dataRepository: objectRole('17', 'Data Repository'),
  job: objectRole('20', 'Job'),
  jobStream: objectRole('21', 'Job Stream'),
} as const;

export function concept(...coding: readonly Coding[]): CodeableConcept {
  return { coding };
}
