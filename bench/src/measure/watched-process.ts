import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess, type ProcessRun } from './process.js';
import { hasProcessTable } from './process-table.js';
import { ProcessTree, type TreeUsage } from './process-tree.js';

/** A whole program, with all of its processes. */
export interface WatchedRun extends ProcessRun {
  /** Undefined where there is no process table to read, which is outside Linux. */
  readonly usage: TreeUsage | undefined;
}

const markName = 'FEDWARD_BENCH_MARK';
/** Between looks, in milliseconds: so long that looking takes no more than a tenth of a core, within these bounds. */
const pauseBounds = [20, 250] as const;
const pausesPerLook = 9;

/**
 * Runs a program and watches it and all processes that come of it, until they have ended. One at a time.
 *
 * @param patience seconds that its processes have to end after the program itself; they are killed then
 * @throws {FedwardError} CLIENT_FAILED, as `runProcess`
 */
export async function runWatched(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  patience = 5,
): Promise<WatchedRun> {
  if (!hasProcessTable()) return { ...(await runProcess(command, environment)), usage: undefined };
  const mark = randomUUID();
  const tree = new ProcessTree(`${markName}=${mark}`);
  const ended = new AbortController();
  const watching = watch(tree, ended.signal, patience);
  const unguard = endWithMe(tree);
  // The program's output is closed when the last process that holds it has ended, so that is not waited for first.
  const run = await runProcess(command, { ...environment, [markName]: mark }, () => ended.abort()).finally(() => {
    ended.abort(); // also where it never started
    return watching.finally(unguard);
  });
  return { ...run, usage: tree.usage() };
}

/**
 * Ctrl-C ends this process and the program, but not those of its processes that made themselves a session of their own.
 * @returns takes it back
 */
function endWithMe(tree: ProcessTree): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const unguard = (): void => signals.forEach((signal) => process.off(signal, end));
  const end = (signal: NodeJS.Signals): void => {
    tree.look();
    tree.end();
    unguard();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  return unguard;
}

async function watch(tree: ProcessTree, ended: AbortSignal, patience: number): Promise<void> {
  let deadline = Infinity;
  for (;;) {
    const before = process.cpuUsage();
    const running = tree.look();
    if (ended.aborted) {
      if (running === 0) return;
      deadline = Math.min(deadline, performance.now() + 1000 * patience);
      if (performance.now() >= deadline) return tree.end();
    }
    const { user, system } = process.cpuUsage(before); // what looking takes, not what others take from it
    const pause = Math.min(Math.max((pausesPerLook * (user + system)) / 1000, pauseBounds[0]), pauseBounds[1]);
    await sleep(pause, undefined, { signal: deadline === Infinity ? ended : undefined }).catch(() => undefined);
  }
}
