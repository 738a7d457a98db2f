import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine. */
export interface RunningProcess {
  readonly pid: number;
  /** Its command line. */
  readonly line: string;
}

/** What still runs with something on its command line, such as a folder. */
export function processesOf(text: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return { pid: Number(pid), line: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
      } catch {
        return { pid: Number(pid), line: '' }; // it has just ended
      }
    })
    .filter(({ line }) => line.includes(text));
}
