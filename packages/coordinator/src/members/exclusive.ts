import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { FedwardError, hasCode } from '@fedward/core';
import { lockFile, makeFolder } from '@fedward/kit-files';
import type { CoordinatorConfig } from '../config/read.js';

/** A change takes well below a second, of which most is for the disk. */
const patience = { tries: 200, milliseconds: 50 };

/**
 * Members are changed by commands and by the daemon: one at a time, each waiting for the other.
 * @throws {FedwardError} MEMBERS_BUSY where another is at it for more than ten seconds; what `work` throws
 */
export async function exclusively<T>({ paths }: CoordinatorConfig, work: () => Promise<T>): Promise<T> {
  await makeFolder(paths.members);
  const release = await locked(join(paths.members, 'members.lock'));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function locked(path: string): Promise<() => Promise<void>> {
  const refusal = (): FedwardError =>
    new FedwardError('MEMBERS_BUSY', `another process changes members: try again, or remove ${path} if none does`, path); // prettier-ignore
  for (let tries = patience.tries; ; tries--) {
    try {
      return await lockFile(path, { refusal });
    } catch (error) {
      if (tries === 0 || !hasCode(error, 'MEMBERS_BUSY')) throw error;
      await pause(patience.milliseconds);
    }
  }
}
