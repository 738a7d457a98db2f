import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What stands between a program and its disk: calls of node:fs/promises. */
export type DiskCall = 'open' | 'writeFile' | 'datasync' | 'sync' | 'close' | 'link' | 'rename' | 'unlink' | 'mkdir';
type Act = () => Promise<unknown>;
type Method = (...args: unknown[]) => Promise<unknown>;

const ofModule = ['link', 'rename', 'unlink', 'mkdir'] as const;
const ofHandle: readonly (string | symbol)[] = ['writeFile', 'datasync', 'sync', 'close'] satisfies DiskCall[];
const originals = new Map<string, unknown>();
/** What was opened meanwhile: a process that is killed closes its files too. */
const opened = new Set<FileHandle>();

/** Puts itself between this process and the disk until `restoreDisk`: each call is made, or not, by `at`. */
export function interceptDisk(at: (call: DiskCall, act: Act, handle?: FileHandle) => Promise<unknown>): void {
  for (const name of [...ofModule, 'open'] as const) if (!originals.has(name)) originals.set(name, fs[name]);
  for (const name of ofModule) {
    const original = originals.get(name) as Method;
    replace(name, (...args: unknown[]) => at(name, () => original(...args)));
  }
  const open = originals.get('open') as typeof fs.open;
  replace('open', async (...args: Parameters<typeof open>) => {
    const handle = (await at('open', async () => {
      const made = await open(...args);
      opened.add(made);
      return made;
    })) as FileHandle;
    return new Proxy(handle, {
      get(target, name) {
        const member = Reflect.get(target, name) as Method;
        if (typeof member !== 'function') return member;
        const method = member.bind(target);
        if (!ofHandle.includes(name)) return method;
        return (...args: unknown[]) => at(name as DiskCall, () => method(...args), target);
      },
    });
  });
}

export async function restoreDisk(): Promise<void> {
  for (const [name, original] of originals) replace(name, original);
  originals.clear();
  await Promise.all([...opened].map((handle) => handle.close())); // a second time does nothing
  opened.clear();
}

/** A process that is killed goes on no more: its promise never settles. */
const never = new Promise<never>(() => undefined);

/** Lets `work` run until the disk call with this number, which is made or not, and nothing comes after it. */
export async function killedAt(
  number: number,
  made: boolean,
  work: () => Promise<unknown>,
): Promise<DiskCall | 'survived'> {
  let calls = 0;
  let reached: (call: DiskCall | 'survived') => void;
  const stopped = new Promise<DiskCall | 'survived'>((resolve) => (reached = resolve));
  interceptDisk(async (call, act) => {
    if (calls++ !== number) return act();
    if (made) await act().catch(() => undefined); // what it says reaches nobody
    reached(call);
    return never;
  });
  void work().then(() => reached('survived'));
  const call = await stopped;
  await restoreDisk();
  return call;
}

/** An error as Node gives it for a refused system call. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

function replace(name: string, by: unknown): void {
  Object.assign(fs, { [name]: by });
  syncBuiltinESMExports(); // for those who import it by its name
}
