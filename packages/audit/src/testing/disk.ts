import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { vi, type MockInstance } from 'vitest';

type Method = 'write' | 'datasync' | 'sync' | 'truncate';
type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * Puts itself between all open files and the disk, until `vi.restoreAllMocks`.
 * @param instead is called in the place of the method, with the method and what it was to be called with
 */
export async function interceptDisk(
  method: Method,
  instead: (original: Call, args: unknown[]) => Promise<unknown>,
): Promise<MockInstance> {
  const handle = await open(tmpdir(), 'r');
  await handle.close();
  const shared = Object.getPrototypeOf(handle) as FileHandle;
  const original = shared[method] as Call;
  const replacement = function (this: FileHandle, ...args: unknown[]): Promise<unknown> {
    return instead((...passed) => original.apply(this, passed), args);
  };
  return vi.spyOn(shared, method).mockImplementation(replacement as never);
}

/** An error as Node gives it for a refused system call. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}
