import { isObject, objectsIn, textIn, type JsonRecord } from './json.js';

/** Codes of one system; of any, where none is named. */
export interface Codes {
  readonly system?: string | undefined;
  readonly codes: readonly string[];
}

/**
 * The codings of a CodeableConcept, of a list of them, or of a Coding: one concept may be told in several systems.
 * @throws {FedwardError} DATA_MALFORMED for another form
 */
export function codingsOf(node: unknown, place: string, file: string): readonly JsonRecord[] {
  if (Array.isArray(node)) return node.filter(isObject).flatMap((one) => codingsOf(one, place, file));
  if (!isObject(node)) return [];
  return Object.hasOwn(node, 'coding')
    ? objectsIn(node, 'coding', place, file)
    : Object.hasOwn(node, 'code')
      ? [node]
      : [];
}

/** True where one of the codings is one of the codes. */
export function hasCodeOf(codings: readonly JsonRecord[], wanted: Codes, place: string, file: string): boolean {
  return codings.some((coding) => {
    const code = textIn(coding, 'code', place, file);
    if (code === undefined || !wanted.codes.includes(code)) return false;
    return wanted.system === undefined || textIn(coding, 'system', place, file) === wanted.system;
  });
}

/** The first code of a concept, of one system where it is named. */
export function codeIn(
  codings: readonly JsonRecord[],
  system: string | undefined,
  place: string,
  file: string,
): string | undefined {
  for (const coding of codings) {
    if (system !== undefined && textIn(coding, 'system', place, file) !== system) continue;
    const code = textIn(coding, 'code', place, file);
    if (code !== undefined && code !== '') return code;
  }
  return undefined;
}
