import { isObject, objectIn, textIn, type JsonRecord } from './json.js';
import type { Found } from './resources.js';

/**
 * The id of a patient: that of the resource; in a transaction that is yet to be stored, which has none, the UUID of its entry.
 */
export function patientId(
  resource: JsonRecord,
  fullUrl: string | undefined,
  place: string,
  file: string,
): string | undefined {
  const id = textIn(resource, 'id', place, file)?.trim();
  if (id !== undefined && id !== '') return id;
  return fullUrl === undefined ? undefined : uuidIn(fullUrl);
}

const uuidIn = (url: string): string | undefined => /^urn:(?:uuid|oid):(\S+)$/.exec(url)?.[1];

/**
 * The patient whom a resource is about, by `subject` or `patient`. A reference may be relative (`Patient/1`), absolute
 * (`https://server/fhir/Patient/1`, whose id is taken), of a version (`.../_history/2`), or the `urn:uuid:` of an entry.
 *
 * @returns undefined where it is about somebody or something else, or nobody can tell (an identifier, a search)
 * @throws {FedwardError} DATA_MALFORMED for a reference that is no text
 */
export function patientOf({ resource, bundle, place, file }: Found): string | undefined {
  const subject = objectIn(resource, 'subject', place, file) ?? objectIn(resource, 'patient', place, file);
  if (!subject) return undefined;
  const reference = textIn(subject, 'reference', place, file)?.trim();
  if (reference === undefined) return undefined;
  const entry = bundle.get(reference);
  if (entry) return entry['resourceType'] === 'Patient' ? patientId(entry, reference, place, file) : undefined;
  return uuidIn(reference) ?? /(?:^|\/)Patient\/([^/?#|\s]+)(?:\/_history\/[^/]*)?$/.exec(reference)?.[1];
}

/** What a reference within a resource or its bundle leads to, as a prescription to its drug. */
export function resolved(reference: unknown, { resource, bundle }: Found): JsonRecord | undefined {
  const url = isObject(reference) ? reference['reference'] : undefined;
  if (typeof url !== 'string') return undefined;
  if (url.startsWith('#')) {
    const contained = Object.hasOwn(resource, 'contained') ? resource['contained'] : undefined;
    if (!Array.isArray(contained)) return undefined;
    return contained.find(
      (one): one is JsonRecord => isObject(one) && (one['id'] === url.slice(1) || one['id'] === url),
    );
  }
  return bundle.get(url);
}
