import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SimulationResult } from '@fedward/sim-healthcare';

/** The command, as it is installed. */
export const commandFile = fileURLToPath(new URL('../../packages/cli/bin/fedward.js', import.meta.url));
const interrupt = new URL('interrupt.js', import.meta.url).href;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command as a user would, in a process of its own. */
export function start(
  args: readonly string[],
  onStderr?: (text: string, child: ChildProcess) => void,
  /** Shell text that runs before the command, in its process: limits. */
  prelude = '',
): Promise<Finished> {
  const child = prelude
    ? spawn('bash', ['-c', `${prelude}; exec "$0" "$@"`, process.execPath, commandFile, ...args])
    : spawn(process.execPath, [commandFile, ...args]);
  return finished(child, onStderr);
}

export interface Interruption {
  /** What the command has written to stderr by then. */
  readonly after: string;
  /** So many more calls that change the disk are made; 0: it is interrupted at once. Default: 0. */
  readonly diskCalls?: number;
  /** Default: SIGKILL. */
  readonly signal?: NodeJS.Signals;
  /** Where it is started. */
  readonly cwd?: string;
}

/** Starts the command and has it interrupted, always at the same point of its work. */
export function startInterrupted(args: readonly string[], interruption: Interruption): Promise<Finished> {
  const { after, diskCalls = 0, signal = 'SIGKILL', cwd } = interruption;
  const env = { ...process.env, FEDWARD_AFTER: after, FEDWARD_CALLS: String(diskCalls), FEDWARD_SIGNAL: signal };
  return finished(
    spawn(process.execPath, ['--import', interrupt, commandFile, ...args], { env, ...(cwd !== undefined && { cwd }) }),
  );
}

function finished(
  child: ChildProcessWithoutNullStreams,
  onStderr?: (text: string, child: ChildProcess) => void,
): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs the command to its end. */
export function fedward(...args: string[]): Promise<Finished> {
  return start(args);
}

/** Runs `fedward simulate ... --json`. @throws where it fails */
export async function simulate(...args: string[]): Promise<SimulationResult> {
  const { code, stdout, stderr } = await fedward('simulate', ...args, '--json');
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as SimulationResult;
}

/** A folder that goes when the test does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedward-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
