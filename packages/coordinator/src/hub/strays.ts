import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess } from '@fedward/kit-daemon';
import { startOf } from '@fedward/kit-files';

/** A nats-server that runs on this machine. */
export interface RunningServer {
  readonly pid: number;
  /** As it was started; the first is the program. */
  readonly args: readonly string[];
}

/** All of them that /proc tells of; none on a system without it. */
export async function runningServers(): Promise<readonly RunningServer[]> {
  const found = await Promise.all(
    (await processes()).map(async (pid) => {
      const args = await argumentsOf(pid);
      return args[0]?.includes('nats-server') ? [{ pid, args }] : [];
    }),
  );
  return found.flat();
}

/**
 * Ends servers that run by this very configuration file. To be called under the lock of its folder, where no other coordinator
 * works: they are what a killed one has left behind, of which it may not have come to write the process id down. The file is
 * looked at as the server sees it, so that one of a container with the same path is not taken for it.
 * @returns how many there were
 */
export async function endStrays(configuration: string, graceSeconds = 10): Promise<number> {
  const own = await identityOf(configuration);
  if (own === undefined) return 0;
  let ended = 0;
  for (const { pid, args } of await runningServers()) {
    if (args[args.indexOf('-c') + 1] !== configuration) continue;
    const started = await startOf(pid);
    if (started === null || (await identityOf(join('/proc', `${pid}`, 'root', configuration))) !== own) continue;
    await endProcess({ pid, started }, graceSeconds);
    ended++;
  }
  return ended;
}

/** Who listens at a port, in words; undefined where that can't be told. @param port TCP, of any address */
export async function listenerAt(port: number): Promise<string | undefined> {
  const sockets = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listening(table, port)))).flat());
  for (const pid of sockets.size === 0 ? [] : await processes()) {
    const files = await readdir(join('/proc', `${pid}`, 'fd')).catch(() => []);
    const open = await Promise.all(files.map((file) => readlink(join('/proc', `${pid}`, 'fd', file)).catch(() => '')));
    if (open.some((target) => sockets.has(target)))
      return `process ${pid}: ${(await argumentsOf(pid)).join(' ').trim()}`;
  }
  return undefined;
}

/** Sockets that listen at a port, by the names that open files have in /proc. */
async function listening(table: string, port: number): Promise<string[]> {
  const rows = (await readFile(join('/proc/net', table), 'utf8').catch(() => '')).split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return state === '0A' && parseInt(local!.split(':')[1]!, 16) === port ? [`socket:[${inode}]`] : [];
  });
}

async function processes(): Promise<number[]> {
  return (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function argumentsOf(pid: number): Promise<string[]> {
  return (await readFile(join('/proc', `${pid}`, 'cmdline'), 'utf8').catch(() => '')).split('\0');
}

/** Of a file, whatever path leads to it. */
async function identityOf(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}
