import { readdirSync, readFileSync } from 'node:fs';

/** One process, as Linux tells of it in /proc. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** It has ended, and its parent has not asked for its exit code yet (a zombie). */
  readonly ended: boolean;
  /** In clock ticks since the machine started: with the id, which is given again, it names one process. */
  readonly startedAt: number;
  /** User and system time of its threads, in seconds. */
  readonly ownSeconds: number;
  /** That of the children which have ended and were waited for, with theirs. */
  readonly waitedSeconds: number;
}

/** What times in /proc count in: USER_HZ, 100 on every processor that Node runs on. */
const ticksPerSecond = 100;

/** Whether this machine has a process table that can be read. */
export function hasProcessTable(): boolean {
  return process.platform === 'linux' && readProcess(process.pid) !== undefined;
}

/** The ids of all processes. */
export function listProcesses(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** @returns undefined for a process that is not there any more */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = read(pid, 'stat');
  return text ? parseProcess(text) : undefined;
}

/** /proc/PID/stat, as proc_pid_stat(5) has it: the second field is a name in parentheses and may hold anything. */
export function parseProcess(text: string): ProcessEntry {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  /** By the numbers of the manual. */
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    ended: state === 'Z' || state === 'X',
    startedAt: field(22),
    ownSeconds: (field(14) + field(15)) / ticksPerSecond,
    waitedSeconds: (field(16) + field(17)) / ticksPerSecond,
  };
}

/** Resident memory of a process, in bytes. */
export interface ProcessMemory {
  /** All of its pages (RSS). */
  readonly resident: number;
  /** A page that n processes share counts one nth for each (PSS), so that sizes add up. */
  readonly proportional: number;
}

/** @returns zeros for a process that has ended */
export function readMemory(pid: number): ProcessMemory {
  const text = read(pid, 'smaps_rollup') ?? '';
  const bytes = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return { resident: bytes('Rss'), proportional: bytes('Pss') };
}

/** Whether a process was started with that entry (`NAME=value`) in its environment. */
export function wasStartedWith(pid: number, entry: string): boolean {
  return (read(pid, 'environ') ?? '').split('\0').includes(entry);
}

/** @returns undefined where the process is gone, or not ours to read */
function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
