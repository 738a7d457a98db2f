import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSimulationHub } from './hub.js';

// How fast a large simulation is over worker processes, each with one training at a time, all on this machine:
//   npx tsx --conditions=fedward-source packages/sim-nats/src/testing/measure-workers.ts [WORKERS ...]
// It runs the built command; 0 workers is the same in one process, without a hub.

const command = fileURLToPath(new URL('../../../cli/bin/fedward.js', import.meta.url));
const study = { hospitals: 1_000_000, cohort: 1000, rounds: 10 };
const counts = process.argv.slice(2).map(Number);

interface Measured {
  readonly child: ChildProcess;
  /** Peak of its resident memory, MiB. */
  readonly peak: () => number;
  readonly ended: Promise<string>;
}

function start(args: readonly string[]): Measured {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [peak, out, err] = [0, '', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const look = setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), 100);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve(out);
      else reject(new Error(`${args.join(' ')} ended with ${code}: ${err}`));
    });
  });
  return { child, peak: () => peak, ended };
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
}

interface Told {
  readonly model: { readonly sha256: string };
  readonly timing: { readonly totalSeconds: number; readonly trainSeconds: number };
}

async function measure(workers: number): Promise<void> {
  const hub = await startSimulationHub();
  const folder = join(hub.folder, 'run');
  const nats = ['--nats', hub.url];
  const those = Array.from({ length: workers }, () =>
    start(['worker', ...nats, '--parallel', '1', '--once', '--json']),
  );
  try {
    if (workers > 0) await new Promise((resolve) => setTimeout(resolve, 3000)); // their start is not the run's
    const began = performance.now();
    const { hospitals, cohort, rounds } = study;
    const sizes = ['--hospitals', hospitals, '--cohort', cohort, '--rounds', rounds].map(String);
    const run = start([
      ...['simulate', '--scenario', 'many-clients', ...sizes, '--workers', '1', '--json', '--out', folder],
      ...(workers > 0 ? nats : []),
    ]);
    const { model, timing } = JSON.parse(await run.ended) as Told;
    const seconds = (performance.now() - began) / 1000;
    await Promise.all(those.map(({ ended }) => ended));
    const figures = {
      ...{ workers, seconds: seconds.toFixed(2), inRounds: timing.totalSeconds.toFixed(2) },
      clientsASecond: Math.round((cohort * rounds) / timing.totalSeconds),
      ...{ training: timing.trainSeconds.toFixed(2), simulationMiB: Math.round(run.peak()) },
      ...{ workersMiB: those.map(({ peak }) => Math.round(peak())), model: model.sha256.slice(0, 16) },
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    for (const { child } of those) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    await hub.close();
  }
}

for (const workers of counts.length > 0 ? counts : [0, 1, 2]) await measure(workers);
