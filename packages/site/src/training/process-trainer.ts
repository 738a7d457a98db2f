import { assertInteger, assertPositive, FedwardError, type LocalTrainer } from '@fedward/core';
import { makeTrainer, offersOf, sendContext, type TrainerSource } from '@fedward/sim-healthcare/training';
import type { Job, TrainDone } from './messages.js';
import type { ProcessLimits } from './start-child.js';
import { TrainingWorker, type WorkerStats } from './training-worker.js';

export interface ProcessTrainerOptions extends ProcessLimits {
  /** Of one that comes with fedward its name; of another the module too that exports it among its `plugins`. */
  readonly trainer: TrainerSource;
  /** What one training may take, in seconds by this machine's clock, > 0 and at most 24 days. Default: no limit. */
  readonly trainSeconds?: number;
  /** Options of Node.js for the process. Default: those of this one. */
  readonly execArgv?: readonly string[];
  /** Told whenever the process has ended otherwise than by `close`: for the site's own log. */
  readonly onEnd?: (why: string) => void;
}

/** As far as a timer of Node.js goes: 24 days. */
const mostSeconds = 2_147_483;

/** A trainer whose work is done in another process. */
export interface ProcessTrainer extends LocalTrainer {
  /** What became of its processes. */
  stats(): WorkerStats;
  /** Ends the process, with whatever it is at; resolves once it is gone. */
  close(): Promise<void>;
}

/**
 * A trainer that trains and predicts in a process of its own, so that no training can harm the daemon: one that takes more
 * memory than it may, crashes, hangs or is killed fails that one task, and the next has a new process. Tasks are done one
 * after the other; with seeded noise the bits are those of training here. Secret noise is the process's own, from the
 * operating system. A data set crosses once a process.
 *
 * What a trainer offers and what it says to a plan is asked here.
 *
 * @throws {FedwardError} PLUGIN_UNKNOWN where there is no such trainer; ARGUMENT_INVALID for a limit out of its range.
 *   `train` and `predict`: what the trainer throws; CLIENT_FAILED where its process ended; ABORTED
 */
export async function processTrainer(options: ProcessTrainerOptions): Promise<ProcessTrainer> {
  assertLimits(options);
  const inner = await makeTrainer(options.trainer);
  const worker = new TrainingWorker(options);
  return {
    ...offersOf(inner),
    ...(inner.validate && { validate: (plan) => inner.validate!(plan) }),
    describe: async () => (await worker.run('describe', () => ({ kind: 'describe' }))) as string,
    async train({ layout, values }, data, context, signal) {
      const sent = { layout, values, plan: JSON.stringify(context.plan), context: sendContext(context) };
      const makeJob = (number: number): Job => ({ kind: 'train', data: number, ...sent });
      const limits = { signal, ...(options.trainSeconds !== undefined && { seconds: options.trainSeconds }) };
      const { values: trained, ...rest } = (await worker.run(context.clientId, makeJob, data, limits)) as TrainDone;
      return { ...rest, payload: { layout, values: trained } };
    },
    async predict(model, { layout, values }, data) {
      const makeJob = (number: number): Job => ({ kind: 'predict', data: number, model, layout, values });
      return (await worker.run('predict', makeJob, data)) as Float32Array;
    },
    stats: () => worker.stats(),
    close: () => worker.close(),
  };
}

function assertLimits({ memoryMiB, processors, niceness, trainSeconds }: ProcessTrainerOptions): void {
  assertInteger('memoryMiB', memoryMiB, 128);
  if (processors !== undefined) assertInteger('processors', processors, 1);
  if (niceness !== undefined) assertInteger('niceness', niceness, 0, 19);
  if (trainSeconds === undefined) return;
  assertPositive('trainSeconds', trainSeconds);
  if (trainSeconds > mostSeconds)
    throw new FedwardError('ARGUMENT_INVALID', `trainSeconds is at most ${mostSeconds}`, 'trainSeconds');
}
