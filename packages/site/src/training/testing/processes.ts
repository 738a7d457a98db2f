import { existsSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { processTrainer, type ProcessTrainer, type ProcessTrainerOptions } from '../process-trainer.js';

export { contextOf, dataOf, initial, never, plan } from './problems.js';

/** How a process of TypeScript sources is started. */
export const execArgv = ['--conditions=fedward-source', '--import', 'tsx'];

/** A trainer in a process, which ends with the test. */
export async function troubled(changes: Partial<ProcessTrainerOptions> = {}): Promise<ProcessTrainer> {
  const module = new URL('./troubled-trainer.ts', import.meta.url).href;
  const trainer = await processTrainer({ trainer: { name: 'troubled', module }, memoryMiB: 400, execArgv, ...changes });
  onTestFinished(() => trainer.close());
  return trainer;
}

/** Whether a process runs: one that has ended and was not collected does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || readFileSync(stat, 'utf8').split(') ')[1]?.[0] !== 'Z';
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
