import { readFile, readlink, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import * as z from 'zod';
import { hasErrno } from '../failure.js';
import { isSilent, type Rhythm } from './heartbeat.js';

/** What a lock says of who holds it: all that tells a process from every other, as far as the system says it. */
export const holderSchema = z.strictObject({
  host: z.string(),
  pid: z.int().min(1),
  /** Boot id and clock ticks since boot at which the process began, to tell it from a later one with its pid. */
  started: z.string().nullable(),
  /** The namespace in which the pid counts. */
  namespace: z.string().nullable().default(null),
  /** Of the folder: two processes see one file system exactly where they see one device. */
  device: z.string().nullable().default(null),
  /** When the lock was taken, by this machine's clock (RFC 3339): for people, nothing is decided by it. */
  since: z.string().optional(),
});
/** Who holds a lock: a process, and on which machine it runs. */
export type Holder = z.output<typeof holderSchema>;

/** This process, as the holder of a lock. */
export async function thisProcess(path: string): Promise<Holder> {
  const [started, namespace, device] = await Promise.all([
    startOf(process.pid),
    readlink('/proc/self/ns/pid').catch(() => null),
    stat(dirname(path)).then(
      ({ dev }) => String(dev),
      () => null,
    ),
  ]);
  return { host: hostname(), pid: process.pid, started, namespace, device, since: new Date().toISOString() };
}

/**
 * What became of a lock's holder, as seen by this process. `ended` is said on proof alone:
 *
 * - In the same boot and the same pid namespace, the pid and the start of its process tell.
 * - In the same boot, from another namespace (a container beside this one), the lock tells, which its holder touches every
 *   two seconds: the file system is the same, so that nothing delays what is seen of it. A holder that was stopped for
 *   longer than it is waited for loses the lock, and finds its log changed when it goes on: it then releases nothing more.
 * - Where the system tells neither boot nor start (no /proc), the pid tells, on a host of the same name.
 *
 * Of another boot nothing can be told: this machine may have been started again, or it may be another one that has the
 * folder too and goes by the same name.
 */
export async function fateOf(
  path: string,
  holder: Holder,
  mine: Holder,
  rhythm?: Rhythm,
): Promise<'runs' | 'ended' | 'unknown'> {
  const sameBoot = bootOf(holder) !== null && bootOf(holder) === bootOf(mine);
  if (sameBoot && holder.namespace !== null && holder.namespace === mine.namespace) return fateOfPid(holder);
  if (sameBoot && holder.namespace !== null && holder.device !== null && holder.device === mine.device)
    return (await isSilent(path, rhythm)) ? 'ended' : 'runs';
  if (mine.started === null && holder.started === null && holder.host === mine.host) return fateOfPid(holder);
  return 'unknown';
}

function bootOf({ started }: Holder): string | null {
  return started?.split(':')[0] ?? null;
}

/** No such pid, or a pid that was given out again. */
async function fateOfPid({ pid, started }: Holder): Promise<'runs' | 'ended'> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasErrno(error, 'ESRCH')) return 'ended';
  }
  const startedNow = await startOf(pid);
  return started === null || startedNow === null || started === startedNow ? 'runs' : 'ended';
}

/**
 * When a process began: boot id and clock ticks since boot, which no two processes with one pid share. Null
 * where there is no /proc; then a living pid counts as the holder. A zombie writes no more and has no start.
 */
export async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // proc(5): field 2 is the name in brackets, which may hold anything; 3 the state, 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${boot.trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}
