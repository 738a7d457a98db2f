import { assertInteger, FedwardError, type TrainerSpeed, type TrainingPlan } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';
import type { TrainerSource } from '../wiring/trainers.js';
import { ThreadPool } from './pool.js';
import { workersFor } from './worker-count.js';

/**
 * The threads of a run, not started yet; undefined where all is to be done in this thread.
 *
 * @param workers as the user says; never more than a round has hospitals. Default: `workersFor`
 * @throws {FedwardError} ARGUMENT_INVALID for a number that is none; CONFIG_INCOMPATIBLE for several threads and a
 *   trainer that only this thread can make
 */
export function poolFor(
  plan: TrainingPlan,
  population: Population,
  options: {
    readonly local: boolean;
    readonly workers?: number | undefined;
    /** Undefined for a trainer that only this thread can make. */
    readonly trainer: TrainerSource | undefined;
    /** The trainer's, as its plugin says. */
    readonly speed?: TrainerSpeed | undefined;
  },
): ThreadPool | undefined {
  const { cohort, training } = plan;
  const hospitals = population.ids.length;
  const asked = 'size' in cohort ? Math.min(cohort.size, hospitals) : hospitals;
  const { trainer, speed } = options;
  let { workers } = options;
  if (workers === undefined) {
    if (!trainer || !ThreadPool.available()) return undefined;
    const alone = options.local && population.tabulated ? hospitals : 0;
    workers = workersFor({ plan, speed, records: meanRecords(population), asked, alone });
  }
  assertInteger('--workers', workers, 1);
  workers = Math.min(workers, asked);
  if (workers === 1) return undefined;
  if (trainer) return new ThreadPool({ workers, trainer });
  const message = `--workers: trainer ${training.trainer} runs in one thread here: on what it computes (--backend), or since no thread could load it as a module`;
  throw new FedwardError('CONFIG_INCOMPATIBLE', message, '--workers');
}

/** Over a few, where they are many. */
function meanRecords({ ids, hospital }: Population): number {
  const some = ids.slice(0, 100);
  return some.reduce((sum, id) => sum + hospital(id).train.count, 0) / some.length;
}
