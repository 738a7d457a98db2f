import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Ends servers that a coordinator has left behind which was killed: those that were started with a file of this folder. Where
 * the system has no /proc to tell them by, nothing is ended.
 * @returns how many there were
 */
export async function strayHubs(folder: string): Promise<number> {
  const pids = await hubsOf(folder);
  for (const pid of pids) end(pid);
  return pids.length;
}

/** Processes of nats-server by their configuration file. */
export async function hubsOf(folder: string): Promise<number[]> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    processes.map(async (pid) => {
      const args = (await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')).split('\0');
      return args[0]?.includes('nats-server') && args.some((arg) => arg.startsWith(folder)) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
