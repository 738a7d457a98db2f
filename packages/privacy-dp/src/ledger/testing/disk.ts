import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What stands between a ledger and its disk. */
export type DiskCall = 'open' | 'writeFile' | 'datasync' | 'sync' | 'close' | 'link' | 'unlink' | 'mkdir';
type Act = () => Promise<unknown>;
type Method = (...args: unknown[]) => Promise<unknown>;

const ofModule = ['link', 'unlink', 'mkdir'] as const;
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

/** An error as Node gives it for a refused system call. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

function replace(name: string, by: unknown): void {
  Object.assign(fs, { [name]: by });
  syncBuiltinESMExports(); // for those who import it by its name
}
