import type { Json, JsonObject } from '@fedward/core';

/** What an event's details say under a key. A log may be of another version, or another's: nothing is taken for granted. */
export function numberIn(details: JsonObject, key: string): number | undefined {
  const value = member(details, key);
  return typeof value === 'number' ? value : undefined;
}

export function textIn(details: JsonObject, key: string): string | undefined {
  const value = member(details, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listIn(details: JsonObject, key: string): readonly Json[] | undefined {
  const value = member(details, key);
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
}

export function objectIn(details: JsonObject, key: string): JsonObject | undefined {
  return asObject(member(details, key));
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** What is the object's own: `constructor` and its like are in none. */
function member(details: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(details, key) ? details[key] : undefined;
}
