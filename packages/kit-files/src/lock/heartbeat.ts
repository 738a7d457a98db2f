import { closeSync, futimesSync, openSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How often a holder touches its lock, and for how long nobody may have touched one whose holder is taken for dead. */
export interface Rhythm {
  readonly everyMilliseconds: number;
  readonly silenceMilliseconds: number;
}

/** A holder whose thread is busy beats late: ten beats may be missed. */
export const rhythm: Rhythm = { everyMilliseconds: 2000, silenceMilliseconds: 20_000 };

/**
 * Touches a file again and again, for as long as this process lives and is not stopped.
 * @returns stops it
 */
export function beat(path: string, { everyMilliseconds }: Rhythm = rhythm): () => void {
  // By its descriptor: a lock that was taken over in the meantime is another file, and is not kept alive.
  const fd = openSync(path, 'r+');
  const touch = (): void => {
    try {
      const now = Date.now() / 1000;
      futimesSync(fd, now, now);
    } catch {
      // then it goes without
    }
  };
  const timer = setInterval(touch, everyMilliseconds).unref();
  return () => {
    clearInterval(timer);
    closeSync(fd);
  };
}

/**
 * Watches a file, by this process's own clock, until it is touched, replaced or removed, or was left alone for long enough.
 * @returns whether it was left alone
 */
export async function isSilent(
  path: string,
  { everyMilliseconds, silenceMilliseconds }: Rhythm = rhythm,
): Promise<boolean> {
  const first = stateOf(path);
  const until = performance.now() + silenceMilliseconds;
  while (performance.now() < until) {
    await pause(everyMilliseconds / 2);
    if (stateOf(path) !== first) return false;
  }
  return true;
}

function stateOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs}` : 'none';
}
