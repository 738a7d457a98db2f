import { FedwardError } from './errors.js';

/** What JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object that JSON can carry. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * The one spelling of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * writes them. Source: RFC 8785 (JSON Canonicalization Scheme). Members that are `undefined` are left out.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what JSON can't carry: NaN, Infinity, functions, lone surrogates, and
 *   objects that are more than their members, such as dates, maps and typed arrays
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      if (!value.isWellFormed()) throw notJson('a string with a lone surrogate');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(String(value));
      return JSON.stringify(value);
    case 'object': {
      if (value === null) return 'null';
      // Array.from, since `map` would pass over the holes of a sparse array.
      if (Array.isArray(value)) return `[${Array.from(value, (member) => canonicalJson(member)).join(',')}]`;
      const tag = Object.prototype.toString.call(value);
      if (tag !== '[object Object]') throw notJson(tag);
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => `${canonicalJson(key)}:${canonicalJson(member)}`);
      return `{${members.join(',')}}`;
    }
    default:
      throw notJson(typeof value);
  }
}

function notJson(what: string): FedwardError {
  return new FedwardError('ARGUMENT_INVALID', `JSON can't carry ${what}`);
}
