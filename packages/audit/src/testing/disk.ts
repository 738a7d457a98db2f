import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { vi, type Mock } from 'vitest';

/** What stands between a log and its disk: the first two wait for nothing, the others call back. */
type Method = 'writeSync' | 'ftruncateSync' | 'fdatasync' | 'fsync';
type Call = (...args: unknown[]) => unknown;

const originals = new Map<Method, unknown>();

/**
 * Puts itself between all open files and the disk, until `restoreDisk`.
 * @param instead is called in the place of the method, with the method and what it was to be called with
 */
export function interceptDisk(method: Method, instead: (original: Call, args: unknown[]) => unknown): Mock {
  const original = fs[method] as unknown as Call;
  if (!originals.has(method)) originals.set(method, original);
  const replacement = vi.fn((...args: unknown[]) => instead(original, args));
  replace(method, replacement);
  return replacement;
}

export function restoreDisk(): void {
  for (const [method, original] of originals) replace(method, original);
  originals.clear();
}

/** As the method refuses: by throwing, or by the callback that is its last argument. */
export function refuse(args: readonly unknown[], code: string): unknown {
  const callback = args.at(-1);
  if (typeof callback !== 'function') throw errno(code);
  return (callback as Call)(errno(code));
}

/** An error as Node gives it for a refused system call. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

function replace(method: Method, by: unknown): void {
  Object.assign(fs, { [method]: by });
  syncBuiltinESMExports(); // for those who import it by its name
}
