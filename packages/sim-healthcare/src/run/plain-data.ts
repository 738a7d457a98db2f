import { FedwardError } from '@fedward/core';

/** No plan and no schema is nested nearly so deeply. */
export const deepest = 64;

/** Names through which data could reach the prototypes of a program's objects. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Checks what a parser made of a file, before anything else looks at it: parsers differ in what they do with a key that
 * is called `__proto__`, schemas leave it out without a word, and a walk down nested data ends in a full stack.
 * @param what how the data are called in the message
 * @throws {FedwardError} CONFIG_INVALID for a reserved key, or for data that are nested too deeply (or in themselves)
 */
export function assertPlain(value: unknown, what: string): void {
  const rest: { value: unknown; path: readonly string[] }[] = [{ value, path: [] }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value: inner, path } = next;
    if (typeof inner !== 'object' || inner === null) continue;
    if (path.length > deepest)
      throw new FedwardError(
        'CONFIG_INVALID',
        `${what} is not valid: ${path.slice(0, 3).join('.')}... is nested more than ${deepest} levels deep`,
        path[0],
      );
    for (const key of Object.keys(inner)) {
      const at = [...path, key];
      if (reserved.has(key))
        throw new FedwardError(
          'CONFIG_INVALID',
          `${what} is not valid: ${at.join('.')}: no key is called ${key}`,
          at.join('.'),
        );
      rest.push({ value: (inner as Record<string, unknown>)[key], path: at });
    }
  }
}
