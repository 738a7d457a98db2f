import type * as z from 'zod';
import { FedwardError } from './errors.js';

/** As many are told at a time: whoever mends these reads on with the next. */
const mostFaults = 3;
/** Options may be objects of objects; what is nested deeper than this is a mistake, or made to exhaust a reader. */
const deepest = 100;
/** Names through which data could reach the prototypes of a program's objects. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Checks a value against a schema. What is nested beyond 100 levels, or has a member `__proto__`, `constructor` or `prototype`,
 * which a reader may take for something else than a member, is refused first.
 * @param what how the value is called in the message, such as a file's name
 * @throws {FedwardError} CONFIG_INVALID naming the first key at fault; the first three faults in the message, and how many more there are
 */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  assertNesting(value, what);
  // What is checked here is checked once or twice in a process: a parser compiled for it would take longer than it saves.
  const parsed = schema.safeParse(value, { jitless: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const key = [...issue.path, ...keys.slice(0, 1)].join('.');
    return { key, text: `${key || '(top level)'}: ${issue.message}` };
  });
  const more = faults.length > mostFaults ? `; and ${faults.length - mostFaults} more` : '';
  const told = faults.slice(0, mostFaults).map(({ text }) => text);
  const message = `${what} is not valid: ${told.join('; ')}${more}`;
  throw new FedwardError('CONFIG_INVALID', message, faults[0]?.key);
}

/**
 * Depth first, so that what holds itself, in however many places, ends at the first path that is too long.
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
function assertNesting(value: unknown, what: string): void {
  const rest: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value, path: [] }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    if (path.length > deepest) {
      const key = path.slice(0, 3).join('.');
      throw new FedwardError(
        'CONFIG_INVALID',
        `${what} is not valid: ${key}: nested deeper than ${deepest} levels`,
        key,
      );
    }
    for (const name of Object.keys(value)) {
      if (reserved.has(name)) {
        const key = [...path, name].join('.');
        throw new FedwardError('CONFIG_INVALID', `${what} is not valid: ${key}: no member can have this name`, key);
      }
      const member = (value as Readonly<Record<string, unknown>>)[name];
      if (typeof member === 'object' && member !== null) rest.push({ value: member, path: [...path, name] });
    }
  }
}
