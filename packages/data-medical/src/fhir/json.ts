import { FedwardError } from '@fedward/core';

/** An object of JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for something wrong in one place of a file. @param place such as `x.ndjson, line 3` */
export function wrongAt(place: string, what: string, file: string): FedwardError {
  return new FedwardError('DATA_MALFORMED', `${place}: ${what}`, file);
}

/**
 * Parses JSON of patients. The parser's own error is no `cause` here: it quotes what it could not read.
 * @throws {FedwardError} DATA_MALFORMED naming the place
 */
export function parseJson(text: string, place: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongAt(place, text.trim() === '' ? 'nothing is there' : 'this is not JSON, or it ends in the middle', file);
  }
}

/** A word for what stands where something else should. */
export function wordFor(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** A member that has to be a text where it is there. @throws {FedwardError} DATA_MALFORMED */
export function textIn(node: JsonRecord, name: string, place: string, file: string): string | undefined {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw wrongAt(place, `"${name}" is ${wordFor(value)} where a text should be`, file);
}

/** A member that has to be an object where it is there. @throws {FedwardError} DATA_MALFORMED */
export function objectIn(node: JsonRecord, name: string, place: string, file: string): JsonRecord | undefined {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return value;
  throw wrongAt(place, `"${name}" is ${wordFor(value)} where an object should be`, file);
}

/** A member that has to be a list of objects where it is there. @throws {FedwardError} DATA_MALFORMED */
export function objectsIn(node: JsonRecord, name: string, place: string, file: string): readonly JsonRecord[] {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongAt(place, `"${name}" is ${wordFor(value)} where a list should be`, file);
  for (const element of value)
    if (!isObject(element)) throw wrongAt(place, `"${name}" has ${wordFor(element)} where an object should be`, file);
  return value as readonly JsonRecord[];
}
