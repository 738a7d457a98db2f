import { codingsOf } from './codes.js';
import { textIn, type JsonRecord } from './json.js';

/** Where resources of a type have their code and date, in the order of preference (FHIR R4). */
export interface ResourceKind {
  readonly codes: readonly string[];
  readonly dates: readonly string[];
}

const effective = ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod.start'];
const medication = ['medicationCodeableConcept', 'medicationReference'];

const kinds: Readonly<Record<string, ResourceKind>> = {
  Observation: { codes: ['code'], dates: effective },
  DiagnosticReport: { codes: ['code'], dates: effective },
  Condition: { codes: ['code'], dates: ['onsetDateTime', 'onsetPeriod.start', 'recordedDate'] },
  Procedure: { codes: ['code'], dates: ['performedDateTime', 'performedPeriod.start'] },
  Encounter: { codes: ['type', 'class'], dates: ['period.start'] },
  Immunization: { codes: ['vaccineCode'], dates: ['occurrenceDateTime'] },
  AllergyIntolerance: { codes: ['code'], dates: ['onsetDateTime', 'onsetPeriod.start', 'recordedDate'] },
  MedicationRequest: { codes: medication, dates: ['authoredOn'] },
  MedicationStatement: { codes: medication, dates: effective },
  MedicationAdministration: { codes: medication, dates: effective },
  MedicationDispense: { codes: medication, dates: ['whenHandedOver', 'whenPrepared'] },
  ServiceRequest: { codes: ['code'], dates: ['occurrenceDateTime', 'occurrencePeriod.start', 'authoredOn'] },
  CarePlan: { codes: ['category'], dates: ['period.start', 'created'] },
  ImagingStudy: { codes: ['procedureCode'], dates: ['started'] },
};

/** What is read of a type; of one that is not in the list, `code`, and a date that the mapping has to name. */
export function kindOf(type: string): ResourceKind {
  return Object.hasOwn(kinds, type) ? kinds[type]! : { codes: ['code'], dates: [] };
}

const statuses = new Set(['entered-in-error', 'cancelled', 'not-done', 'nullified']);
const verifications = new Set(['entered-in-error', 'refuted']);

/**
 * Why a resource says nothing that happened; undefined where it does. A `modifierExtension` may turn its meaning round, and
 * whoever does not know it must not read on (FHIR R4, 2.4.0.2).
 */
export function whyNot(resource: JsonRecord, place: string, file: string): string | undefined {
  const { verificationStatus, doNotPerform, modifierExtension } = resource;
  const status = textIn(resource, 'status', place, file);
  if (status !== undefined && statuses.has(status)) return `status ${status}`;
  for (const { code } of codingsOf(verificationStatus, place, file))
    if (typeof code === 'string' && verifications.has(code)) return `verification status ${code}`;
  if (doNotPerform === true) return 'it says what is not to be done';
  return Array.isArray(modifierExtension) && modifierExtension.length > 0 ? 'a modifierExtension' : undefined;
}
