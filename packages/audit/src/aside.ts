import { hasErrno } from '@fedward/kit-files';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeDetails, type Leaf } from './entry.js';
import { reasonOf } from './event.js';
import { ioFailure } from './files.js';
import type { AuditEvent } from '@fedward/core';

/** Where details are that were too long for their entry, from the log's folder on. */
export function asidePath(sha256: string): string {
  return `details/${sha256}.json`;
}

/**
 * The event of a leaf, its details in place.
 * @throws {Error} with the reason, where they are missing or are not the ones that were written
 */
export async function eventOf(directory: string, { event, aside }: Leaf): Promise<AuditEvent> {
  if (!aside) return event;
  const path = join(directory, asidePath(aside.sha256));
  try {
    return { ...event, details: decodeDetails(await readFile(path), aside) };
  } catch (error) {
    if (hasErrno(error, 'ENOENT'))
      throw new Error('the file with the details of the entry is missing', { cause: error });
    if (hasErrno(error, 'EACCES', 'EIO', 'EISDIR')) throw ioFailure('read', path, error);
    throw new Error(reasonOf(error), { cause: error });
  }
}
