import type { Log } from '@fedward/kit-daemon';
import type { SiteConfig } from '../config/index.js';
import type { TrainerOf } from '../door/index.js';
import { processTrainer } from '../training/index.js';

/** Trainers in a process of their own, within the limits that `site.yaml` sets. */
export function limitedTrainers({ limits }: Pick<SiteConfig, 'limits'>, log: Pick<Log, 'warn'>): TrainerOf {
  const { memoryMiB, processors, trainSeconds } = limits;
  return async (plan, installed) => {
    const { trainer } = plan.training;
    return processTrainer({
      // Plugins of a team's own have a file here: `plugins` of site.yaml names it.
      trainer: installed.trainerSource(trainer) ?? { name: trainer },
      memoryMiB,
      ...(processors !== undefined && { processors }),
      ...(trainSeconds !== undefined && { trainSeconds }),
      onEnd: (why) => log.warn(`the process that trains has ended: ${why}`),
    });
  };
}
