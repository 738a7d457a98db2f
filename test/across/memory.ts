import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** What a process had at a time. */
export interface MemorySample {
  /** Since the watch began. */
  readonly seconds: number;
  /** Resident, less what is of files: MB of 10^6 bytes. */
  readonly megabytes: number;
}

/** One process, from its first sample to its last. */
export interface WatchedLife {
  readonly name: string;
  readonly pid: number;
  readonly samples: readonly MemorySample[];
}

/** Samples the memory of processes every two seconds until the signal fires. Linux only: it reads /proc. */
export async function watchMemory(
  processes: () => readonly { readonly name: string; readonly pid: number | undefined }[],
  signal: AbortSignal,
): Promise<readonly WatchedLife[]> {
  const begun = performance.now();
  const lives = new Map<number, { name: string; pid: number; samples: MemorySample[] }>();
  while (!signal.aborted) {
    for (const { name, pid } of processes()) {
      const megabytes = pid === undefined ? undefined : await residentOf(pid);
      if (pid === undefined || megabytes === undefined) continue;
      const life = lives.get(pid) ?? { name, pid, samples: [] };
      lives.set(pid, life);
      life.samples.push({ seconds: (performance.now() - begun) / 1000, megabytes });
    }
    await pause(2000, undefined, { signal }).catch(() => undefined);
  }
  return [...lives.values()];
}

/** Undefined for a process that is gone. */
async function residentOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
}

/** Slope of the line of least squares, MB an hour. */
export function slopeOf(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ seconds }) => seconds), mean(({ megabytes }) => megabytes)];
  const above = samples.reduce((sum, { seconds, megabytes }) => sum + (seconds - x) * (megabytes - y), 0);
  const below = samples.reduce((sum, { seconds }) => sum + (seconds - x) ** 2, 0);
  return (above / below) * 3600;
}
