import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SimulationHub } from './hub.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

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
export function startWorker({ url, party }: Pick<SimulationHub, 'url' | 'party'>, killAt?: string): TestWorker {
  const preload = killAt === undefined ? [] : ['--import', here('./kill-at.ts')];
  const args = ['--conditions=fedward-source', '--import', 'tsx', ...preload, here('./worker-main.ts')];
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
