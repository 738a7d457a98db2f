import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from './process.js';

/** One run of `fedward simulate` as a process of its own. */
export interface SimulationRun {
  /** The whole process. */
  readonly seconds: number;
  /** Largest resident set of the process, in MB (10^6 bytes); NaN where it was not asked for. */
  readonly peakMegabytes: number;
  /** In the trainer, of all threads together. */
  readonly trainSeconds: number;
  readonly trainElapsedSeconds: number;
  readonly clientSteps: number;
}

/** Writes the process's own largest resident set (KiB) to a file when it ends; in its main thread only. */
const rememberPeak = `
import { isMainThread } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
const file = process.env.FEDWARD_BENCH_PEAK;
if (isMainThread && file) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
`;

/**
 * Runs `fedward simulate` with its run folder in a temporary place.
 * @param command `BenchmarkOptions.command`: node first
 * @param memory whether to ask for the peak; it costs the process some milliseconds
 * @throws {FedwardError} CLIENT_FAILED
 */
export async function simulateOnce(
  command: readonly string[],
  args: readonly string[],
  memory = false,
): Promise<SimulationRun> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
  try {
    const [node, ...rest] = command;
    const peakFile = join(folder, 'peak');
    const preload = memory ? [`--import=data:text/javascript,${encodeURIComponent(rememberPeak)}`] : [];
    const { stdout, seconds } = await runProcess(
      [node!, ...preload, ...rest, 'simulate', ...args, '--json', '--out', join(folder, 'run')],
      memory ? { FEDWARD_BENCH_PEAK: peakFile } : {},
    );
    const { timing } = JSON.parse(stdout) as {
      timing: { trainSeconds: number; trainElapsedSeconds: number; clientSteps: number };
    };
    const peakMegabytes = memory ? (Number(await readFile(peakFile, 'utf8')) * 1024) / 1e6 : Number.NaN;
    const { trainSeconds, trainElapsedSeconds, clientSteps } = timing;
    return { seconds, peakMegabytes, trainSeconds, trainElapsedSeconds, clientSteps };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
