import { runningServers } from '../hub/strays.js';

/**
 * Ends servers that a coordinator has left behind which was killed: those that were started with a file of this folder. Where
 * the system has no /proc to tell them by, nothing is ended.
 * @returns how many there were
 */
export async function strayHubs(folder: string): Promise<number> {
  const strays = (await runningServers()).filter(({ args }) => args.some((arg) => arg.startsWith(folder)));
  for (const { pid } of strays) end(pid);
  return strays.length;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
