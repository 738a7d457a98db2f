import type { AuditEvent, JsonObject } from '@fedward/core';
import { epsilonOf, roundedUp, shortDigest, spentWords } from './figures.js';

/** An event as people tell it. Names and reasons are others' text, as it is in the log. */
export interface Told {
  /** What happened, without who, when and how much. */
  readonly what: string;
  /** In figures; empty where there are none. */
  readonly howMuch: string;
}

/** What an event's details say of it. */
export type Words = (details: JsonObject, event: AuditEvent) => Told;

/** Parts that are there, with commas between them. */
export function told(what: string, ...parts: readonly (string | undefined)[]): Told {
  return { what, howMuch: parts.filter((part) => part !== undefined && part !== '').join(', ') };
}

export function digest(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name} ${shortDigest(value)}`;
}

export function spent(details: JsonObject): string | undefined {
  const words = spentWords(details['spent']);
  return words === undefined ? undefined : `spent ${words}`;
}

export function epsilon(details: JsonObject): string | undefined {
  const value = epsilonOf(details);
  return value === undefined ? undefined : `epsilon ${roundedUp(value)}`;
}
