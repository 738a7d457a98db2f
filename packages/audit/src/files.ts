import { FedwardError } from '@fedward/core';
import { lengthOf as lengthOfFile } from '@fedward/kit-files';
import { join } from 'node:path';

export interface LogPaths {
  readonly directory: string;
  readonly log: string;
  readonly head: string;
  readonly lock: string;
}

export function pathsIn(directory: string): LogPaths {
  return {
    directory,
    log: join(directory, 'log.jsonl'),
    head: join(directory, 'head.json'),
    lock: join(directory, 'log.lock'),
  };
}

/** What the operating system refused, with the file that it was about. */
export function ioFailure(doing: 'read' | 'write', path: string, cause: unknown): FedwardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FedwardError('AUDIT_FAILED', `the audit log can't ${doing} ${path}: ${reason}`, path, { cause });
}

/**
 * Length of a file in bytes, or undefined where there is none.
 * @throws {FedwardError} AUDIT_FAILED where that can't be found out
 */
export async function lengthOf(path: string): Promise<number | undefined> {
  return lengthOfFile(path).catch((error: Error) => {
    throw ioFailure('read', path, error.cause);
  });
}
