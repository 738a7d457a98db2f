import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildScripts } from '../../../../tools/testing/build-script.js';
import type { SimulationHub } from './hub.js';

/** What a worker's process runs, by its path, and what is loaded before it. */
export interface WorkerScripts {
  readonly main: string;
  readonly killAt: string;
  remove(): Promise<void>;
}

/** Made of the sources once: reading them anew takes a process longer than its work. */
export async function buildWorkerScripts(): Promise<WorkerScripts> {
  // Beside this package's own modules, where the trainers, which read files of their own, are found.
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  await mkdir(modules, { recursive: true });
  const folder = await mkdtemp(join(modules, '.fedward-test-'));
  const entries = { main: new URL('worker-main.ts', import.meta.url), killAt: new URL('kill-at.ts', import.meta.url) };
  const { main, killAt } = await buildScripts(entries, folder, '@fedward/trainer-');
  return { main, killAt, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A worker process. */
export interface TestWorker {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Resolves with the signal that ended it, or null. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): Promise<void>;
  /** SIGTERM. @returns what it printed */
  drain(): Promise<string>;
}

/** @param killAt a named point and at which time, such as `worker.job-begun 2` */
export function startWorker(
  scripts: WorkerScripts,
  { url, party }: Pick<SimulationHub, 'url' | 'party'>,
  killAt?: string,
): TestWorker {
  const preload = killAt === undefined ? [] : ['--import', pathToFileURL(scripts.killAt).href];
  const args = [...preload, scripts.main];
  const child = spawn(process.execPath, [...args, JSON.stringify({ url, ...party })], {
    env: { ...process.env, ...(killAt !== undefined && { KILL_AT: killAt }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
  return {
    ...{ child, said: () => said, ended },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async drain() {
      child.kill('SIGTERM');
      await ended;
      return printed;
    },
  };
}
