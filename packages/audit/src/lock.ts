import { FedwardError, hasCode } from '@fedward/core';
import { lockFile, type FoundLock, type Rhythm } from '@fedward/kit-files';
import { ioFailure } from './files.js';

export interface LockOptions {
  /** True to take over the lock of a holder of which nobody here can tell whether it runs. Default: false. */
  readonly breakUnknown?: boolean;
  /** For tests. */
  readonly rhythm?: Rhythm;
}

/**
 * Makes this process the only writer of a log: `lockFile`, in the words of a log.
 * @returns gives the lock back
 * @throws {FedwardError} AUDIT_FAILED where another writer has the lock, or the file can't be made
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<() => Promise<void>> {
  try {
    return await lockFile(path, { ...options, refusal });
  } catch (error) {
    throw hasCode(error, 'STORAGE_FAILED') ? ioFailure('write', path, (error as Error).cause) : error;
  }
}

function refusal({ path, holder, here, fate }: FoundLock): FedwardError {
  return new FedwardError('AUDIT_FAILED', `the audit log has another writer: ${path} ${why()}`, path);

  function why(): string {
    const wayOut = 'if no process writes to this log, take the lock over (breakLock; --resume --break-lock)';
    if (!holder) return `names no process; ${wayOut}`;
    const { host, pid } = holder;
    if (fate === 'runs') return `is held by process ${pid}${here ? '' : ` on ${host}`}, which runs`;
    return (
      `is held by process ${pid} on ${host}, of which it can't be told from here whether it still runs (another machine, ` +
      `or this one before it was started again); ${wayOut}`
    );
  }
}
