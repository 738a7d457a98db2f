import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { isSilent, lockFile, makeFolder, rhythm, type FoundLock, type Rhythm } from '@fedward/kit-files';

/** The file in a daemon's folder that names the process which works there. */
export const lockName = 'daemon.lock';

/** Says that this process alone works in a folder. */
export interface FolderLock {
  /** Gives the folder back. */
  close(): Promise<void>;
}

/** Another machine may see a touch late: network file systems keep what they know of a file for up to a minute (nfs(5), acregmax). */
const elsewhere: Rhythm = { ...rhythm, silenceMilliseconds: 70_000 };

/**
 * Makes this process the only daemon of a folder, which is made where it is missing. The lock of a process that is dead is
 * taken over: at once where that can be proved, else (after this machine was started again, from another container or
 * machine) once nobody has touched it for 20 s, or 70 s for one that was taken under another machine's name.
 *
 * @param what the program, as in its command: `site`
 * @throws {FedwardError} CONFIG_INVALID where another process works there, with its pid and how to stop it; STORAGE_FAILED
 */
export async function lockFolder(
  folder: string,
  what: string,
  rhythms: { readonly here: Rhythm; readonly elsewhere: Rhythm } = { here: rhythm, elsewhere },
): Promise<FolderLock> {
  await makeFolder(folder);
  const release = await lockFile(join(folder, lockName), {
    refusal: (found) => inUse(folder, what, found),
    // A daemon must come back by itself after a power cut, when nothing tells of the process that had the lock.
    breakUnknown: ({ path, here }) => isSilent(path, here ? rhythms.here : rhythms.elsewhere),
    rhythm: rhythms.here,
  });
  return { close: release };
}

function inUse(folder: string, what: string, { path, holder, here }: FoundLock): FedwardError {
  const who = holder ? `process ${holder.pid}${here ? '' : ` on ${holder.host}, not ${hostname()}`}` : 'a process';
  const since = holder?.since === undefined ? '' : ` since ${holder.since}`;
  const message =
    `a ${what} works in ${folder} already: ${who}${since} (${path}); ` +
    `stop it with \`fedward ${what} stop\`, or name another folder`;
  return new FedwardError('CONFIG_INVALID', message, folder);
}
