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
      return textOf(value);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(String(value));
      return String(value); // as JSON.stringify writes it
    case 'object': {
      if (value === null) return 'null';
      // Array.from, since `map` would pass over the holes of a sparse array.
      if (Array.isArray(value)) return `[${Array.from(value, (member) => canonicalJson(member)).join(',')}]`;
      const tag = Object.prototype.toString.call(value);
      if (tag !== '[object Object]') throw notJson(tag);
      const members = value as Readonly<Record<string, unknown>>;
      let text = '';
      for (const key of Object.keys(members).sort()) {
        const member = members[key];
        if (member !== undefined) text += `${text === '' ? '{' : ','}${textOf(key)}:${canonicalJson(member)}`;
      }
      return text === '' ? '{}' : `${text}}`;
    }
    default:
      throw notJson(typeof value);
  }
}

/** Nothing of it has to be escaped: most names and digests. */
const plain = /^[ !#-[\]-~]*$/;

function textOf(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw notJson('a string with a lone surrogate');
  return JSON.stringify(text);
}

function notJson(what: string): FedwardError {
  return new FedwardError('ARGUMENT_INVALID', `JSON can't carry ${what}`);
}
