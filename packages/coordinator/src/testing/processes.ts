import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of this folder as a process of its own. */
export interface Script {
  readonly child: ChildProcess;
  /** Lines that it has written so far. */
  lines(): string[];
  /** Once a line begins so, or it has ended. */
  until(begin: string): Promise<string | undefined>;
  /** How it ended. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

/** Runs a script of this folder from its source. */
export function runSource(name: string, args: readonly string[]): Script {
  const path = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  return runScript(['--import', 'tsx', '--conditions=fedward-source', path, ...args]);
}

/** Runs what plain Node can run. */
export function runScript(args: readonly string[]): Script {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number | null);
  // The last line may be cut short by a kill.
  const lines = (): string[] => output.split('\n').slice(0, -1);
  return {
    ...{ child, lines, ended },
    async until(begin) {
      const found = (): string | undefined => lines().find((line) => line.startsWith(begin));
      while (found() === undefined && child.exitCode === null && child.signalCode === null)
        await Promise.race([once(child.stdout, 'data'), ended]);
      return found();
    },
  };
}
