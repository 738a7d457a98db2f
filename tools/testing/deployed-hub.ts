import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { natsServer } from './nats-hub.js';

/** A hub of a coordinator's folder that others than the coordinator run. */
export interface DeployedHub {
  /** SIGKILL, and started again. @param wipe its disk is lost too */
  crash(options?: { readonly wipe?: boolean; readonly downSeconds?: number }): Promise<void>;
  close(): Promise<void>;
}

/** Of the nats-server that tests use, such as `2.9.10`. */
export function hubVersion(): string {
  return /v(\d+\.\d+\.\d+)/.exec(execFileSync(natsServer!, ['--version'], { encoding: 'utf8' }))![1]!;
}

/** @param folder `hub` of the coordinator's */
export async function hubOf(folder: string): Promise<DeployedHub> {
  const file = join(folder, 'hub.conf');
  let running = await started(file);
  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  return {
    async crash({ wipe = false, downSeconds = 0 } = {}) {
      await kill();
      if (wipe) rmSync(join(folder, 'store'), { recursive: true, force: true });
      await pause(downSeconds * 1000);
      running = await started(file);
    },
    close: kill,
  };
}

/** Seconds. Long, for machines with much else to do. */
const patience = 300;

async function started(file: string): Promise<ChildProcess> {
  const child = spawn(natsServer!, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  for (const end = performance.now() + patience * 1000; !log.includes('Server is ready');) {
    if (child.exitCode !== null || performance.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`nats-server does not start: ${log}`);
    }
    await pause(10);
  }
  return child;
}
