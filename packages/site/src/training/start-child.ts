import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TrainerSource } from '@fedward/sim-healthcare/training';
import type { ChildOptions } from './messages.js';

/** What a training process may take of the machine. */
export interface ProcessLimits {
  /** Memory that is resident, in MiB, >= 128; the process that takes more is ended. */
  readonly memoryMiB: number;
  /** Processors that it may run on, >= 1. Kept to where there is `taskset` (Linux). Default: all. */
  readonly processors?: number;
  /** How much it stands back for other programs: 0 not at all, 19 most. Default: 10. */
  readonly niceness?: number;
}

/** Where the training process begins: built, beside the file that this code ends up in; or its source, beside this one. */
export function childFile(): string {
  const [built, source] = ['js', 'ts'].map((ending) =>
    fileURLToPath(new URL(`./training-process.${ending}`, import.meta.url)),
  );
  return existsSync(built!) ? built! : source!;
}

/** Of the daemon's environment, what a trainer may need. Not what may hold a passphrase or the password of a proxy. */
const passedOn = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'],
  // By which a machine's people say which of its GPUs is for this, and where its driver is.
  ...['CUDA_VISIBLE_DEVICES', 'CUDA_PATH', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES'],
];

/**
 * Starts a training process.
 * @param execArgv options of Node.js
 */
export function startChild(trainer: TrainerSource, limits: ProcessLimits, execArgv: readonly string[]): ChildProcess {
  const { memoryMiB, processors, niceness = 10 } = limits;
  const options: ChildOptions = { trainer, mostBytes: memoryMiB * 2 ** 20 };
  const node = [...execArgv.filter((option) => !option.startsWith('--inspect')), `--max-old-space-size=${memoryMiB}`];
  const pinned = processors === undefined ? undefined : pinnedTo(processors);
  const child = fork(childFile(), [JSON.stringify(options)], {
    // Numbers cross as they are, and data as bytes.
    serialization: 'advanced',
    // A trainer's output is nobody's: it may show what it works on. Of its errors only the kind is looked at.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: Object.fromEntries(
      passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    // Leads a group: whatever it starts is ended with it, and a Ctrl+C at the daemon's terminal is the daemon's to handle.
    detached: process.platform !== 'win32',
    ...(pinned
      ? { execPath: pinned.taskset, execArgv: ['-c', pinned.list, process.execPath, ...node] }
      : { execArgv: node }),
  });
  if (child.pid !== undefined) standBack(child.pid, niceness);
  return child;
}

function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // then it stands back for nobody
  }
}

/** The first of those that this process may run on; undefined where the platform has no way to say so. */
function pinnedTo(processors: number): { readonly taskset: string; readonly list: string } | undefined {
  const taskset = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'taskset'))
    .find(existsSync);
  const allowed = allowedProcessors();
  if (process.platform !== 'linux' || taskset === undefined || allowed.length === 0) return undefined;
  return { taskset, list: allowed.slice(0, processors).join(',') };
}

/** proc(5): `Cpus_allowed_list`, such as `0-3,8`. */
function allowedProcessors(): number[] {
  if (!existsSync('/proc/self/status')) return [];
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i);
  });
}
