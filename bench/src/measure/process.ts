import { spawn } from 'node:child_process';
import { FedwardError } from '@fedward/core';

export interface ProcessRun {
  readonly stdout: string;
  /** From just before the start to the end of the process: what a person would wait. */
  readonly seconds: number;
}

/**
 * Runs a whole process and waits for it.
 * @param onExit hears that it has ended; its output is open as long as a process that it left running holds it
 * @throws {FedwardError} CLIENT_FAILED naming the program, with the end of what it said on stderr
 */
export async function runProcess(
  [program, ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onExit: () => void = () => undefined,
): Promise<ProcessRun> {
  const start = performance.now();
  const child = spawn(program!, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
  let seconds = 0;
  child.on('exit', () => {
    seconds = (performance.now() - start) / 1000;
    onExit();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(failed(program!, cause.message, cause)));
    child.on('close', resolve);
  });
  if (code !== 0) throw failed(program!, `exit code ${code}: ${stderr.trim()}`);
  return { stdout, seconds };
}

function failed(program: string, why: string, cause?: unknown): FedwardError {
  return new FedwardError('CLIENT_FAILED', `${program} failed: ${why}`, program, { cause });
}
