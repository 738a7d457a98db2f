import { FedwardError } from '@fedward/core';

/** Whether the operating system refused with one of these, such as `ENOENT`. */
export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * What the operating system refused, with the file that it was about. Whoever has more to say of it catches this and
 * says it: its `cause` is the system's own error.
 */
export function storageFailure(doing: 'read' | 'write', path: string, cause: unknown): FedwardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FedwardError('STORAGE_FAILED', `can't ${doing} ${path}: ${reason}`, path, { cause });
}
