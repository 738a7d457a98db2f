import { setTimeout as pause } from 'node:timers/promises';
import { readTextIfThere, startOf, writeFileAtomic } from '@fedward/kit-files';
import * as z from 'zod';

const recordSchema = z.object({ pid: z.int().min(1), started: z.string().nullable() });

/** Records a process with what tells it from a later one of the same pid. */
export async function recordProcess(path: string, pid: number): Promise<void> {
  await writeFileAtomic(path, JSON.stringify({ pid, started: await startOf(pid) }));
}

/**
 * Ends a process that is recorded and still runs: its daemon was killed. One of which that can't be proved is left alone.
 * @param graceSeconds between SIGTERM and SIGKILL
 */
export async function endLeftOver(path: string, graceSeconds: number): Promise<void> {
  const text = await readTextIfThere(path);
  const record = recordSchema.safeParse(parsed(text));
  if (!record.success || record.data.started === null) return;
  await endProcess({ pid: record.data.pid, started: record.data.started }, graceSeconds);
}

/** A process, and what tells it from a later one of the same pid (kit-files' `startOf`). */
export interface KnownProcess {
  readonly pid: number;
  readonly started: string;
}

/** Has a process end, and resolves once it is gone, or does not heed SIGKILL. @param graceSeconds until SIGKILL, and after it */
export async function endProcess({ pid, started }: KnownProcess, graceSeconds: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const until = performance.now() + graceSeconds * 1000;
    if ((await startOf(pid)) === started) send(pid, signal);
    while ((await startOf(pid)) === started && performance.now() < until) await pause(20);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended, or is another user's
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
