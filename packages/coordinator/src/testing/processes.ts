import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildScripts } from '../../../../tools/testing/build-script.js';

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

/**
 * Makes of a script of this folder a file that plain Node can run: reading hundreds of sources anew takes each process longer
 * than what it does.
 */
export async function builtScript(name: string): Promise<{ readonly file: string; remove(): Promise<void> }> {
  // Beside this package's own modules, where the database finds the files that it is made of.
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  await mkdir(modules, { recursive: true });
  const folder = await mkdtemp(join(modules, '.fedward-test-'));
  const { built } = await buildScripts({ built: new URL(`${name}.ts`, import.meta.url) }, folder, '@electric-sql');
  return { file: built, remove: () => rm(folder, { recursive: true, force: true }) };
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
