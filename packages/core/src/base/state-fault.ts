import type { State } from './state.js';

/**
 * The most bytes of what the two halves of a mechanism say to each other in one call, where the mechanism does not say
 * otherwise: keys and shares for each peer take some 200 bytes, so that 5,000 peers have room.
 */
export const defaultMostCallBytes = 2 ** 20;

/**
 * Why a value that came from outside is not to be taken as a state; undefined where nothing is wrong. No more of it is
 * walked through than it may be large. Counted are the bytes of arrays, 2 for each character, and 8 for each member.
 */
export function stateFault(value: unknown, mostBytes: number): string | undefined {
  let bytes = 0;
  const left: unknown[] = [];
  const count = (member: unknown): void => {
    bytes += 8 + (typeof member === 'string' ? 2 * member.length : 0);
    left.push(member);
  };
  count(value);
  while (left.length > 0) {
    const next = left.pop();
    const what = kindOf(next);
    if (what === 'array') bytes += (next as Uint8Array).byteLength;
    else if (what === 'list') {
      const { length } = next as readonly State[];
      for (let i = 0; i < length && bytes <= mostBytes; i++) count((next as readonly State[])[i]);
    } else if (what === 'members') {
      for (const name of Object.keys(next as object)) {
        const member = (next as Readonly<Record<string, unknown>>)[name];
        if (member === undefined) continue; // no message carries it
        bytes += 2 * name.length;
        count(member);
        if (bytes > mostBytes) break;
      }
    } else if (what !== 'scalar') return `holds what is no data: ${what.slice(0, 100)}`;
    if (bytes > mostBytes) return `has more than ${mostBytes} bytes`;
  }
  return undefined;
}

/** As a `State` is made up, or the tag of what it is not made of. */
function kindOf(value: unknown): string {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return 'scalar';
  if (Array.isArray(value)) return 'list';
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object Object]') return 'members';
  return arrays.has(tag) ? 'array' : tag;
}

const arrays: ReadonlySet<string> = new Set(
  ['Float32Array', 'Float64Array', 'Uint32Array', 'Uint8Array'].map((name) => `[object ${name}]`),
);
