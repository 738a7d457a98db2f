import type { Log } from '@fedward/kit-daemon';
import type { SiteConfig } from '../config/index.js';
import type { TrainerOf } from '../door/index.js';
import { processTrainer } from '../training/index.js';

/**
 * Trainers in a process of their own, within the limits that `site.yaml` sets.
 * @param execArgv options of Node.js for it. Default: those of this one
 */
export function limitedTrainers(
  { limits }: Pick<SiteConfig, 'limits'>,
  log: Pick<Log, 'warn'>,
  execArgv?: readonly string[],
): TrainerOf {
  const { memoryMiB, processors, trainSeconds } = limits;
  return async (name, installed) =>
    processTrainer({
      // Plugins of a team's own have a file here: `plugins` of site.yaml names it.
      trainer: installed.trainerSource(name) ?? { name },
      memoryMiB,
      ...(execArgv && { execArgv }),
      ...(processors !== undefined && { processors }),
      ...(trainSeconds !== undefined && { trainSeconds }),
      onEnd: (why) => log.warn(`the process that trains has ended: ${why}`),
    });
}
