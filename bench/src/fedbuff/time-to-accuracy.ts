import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate, type SimulateOptions } from '@fedward/sim-healthcare';

/** What one run came to. */
export interface Course {
  /** At which the accuracy was there first, simulated seconds; null: it never was. */
  readonly reached: number | null;
  /** At its end. */
  readonly seconds: number;
  readonly accuracy: number;
  /** Updates of the slow hospitals that are in the model, and how many rounds they were late at the most. */
  readonly slowUpdates: number;
  readonly oldest: number;
  readonly sha256: string;
}

/** Runs a simulation with slow hospitals, and leaves nothing behind. */
export async function courseOf(
  options: SimulateOptions & { readonly slow: Readonly<Record<string, number>> },
  accuracy: number,
): Promise<Course> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
  try {
    const { rounds, model } = await simulate({ ...options, local: false, workers: 1 }, join(folder, 'run'));
    const last = rounds.at(-1)!;
    const accurate = rounds.find(({ metrics }) => metrics['accuracy']! >= accuracy);
    const slow = rounds.flatMap(({ participants }) => participants.filter((id) => Object.hasOwn(options.slow, id)));
    const ages = rounds.flatMap(({ round, stale }) => stale.map(({ baseRound }) => round - baseRound));
    return {
      reached: accurate?.simulatedSeconds ?? null,
      seconds: last.simulatedSeconds!,
      accuracy: last.metrics['accuracy']!,
      slowUpdates: slow.length,
      oldest: Math.max(0, ...ages),
      sha256: model.sha256,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
