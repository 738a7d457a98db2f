/** Of FHIR R4 (4.0.1) what an AuditEvent of a log is made of (hl7.org/fhir/R4/auditevent.html). */
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding: readonly Coding[];
}

/** By identifier: nothing that it names need be a resource on a server. */
export interface Reference {
  readonly type?: string;
  readonly identifier: { readonly system: string; readonly value: string };
}

export interface AuditEventAgent {
  readonly type: CodeableConcept;
  readonly role: readonly CodeableConcept[];
  readonly who: Reference;
  readonly name?: string;
  /** True for exactly one agent of an event. */
  readonly requestor: boolean;
  /** What authorised it. */
  readonly policy?: readonly string[];
}

export interface AuditEventDetail {
  readonly type: string;
  readonly valueString: string;
}

export interface AuditEventEntity {
  readonly what: Reference;
  readonly type: Coding;
  readonly role: Coding;
  readonly name: string;
  readonly detail?: readonly AuditEventDetail[];
}

/** A record of an event in a security log. */
export interface FhirAuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  /** Create, read, update, delete, execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** An instant. */
  readonly recorded: string;
  /** Success, minor failure, serious failure. */
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDesc?: string;
  readonly purposeOfEvent: readonly CodeableConcept[];
  readonly agent: readonly AuditEventAgent[];
  readonly source: { readonly site: string; readonly observer: Reference; readonly type: readonly Coding[] };
  readonly entity: readonly AuditEventEntity[];
}
