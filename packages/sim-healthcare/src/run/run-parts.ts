import type { Parameters } from '@fedward/core';
import type { Population } from '../scenario/scenario.js';
import type { Plugins } from '../wiring/plugins.js';
import type { SitesElsewhere, ThreadPool } from '../threads/index.js';
import type { TrainingWork } from '../wiring/training-work.js';
import type { PlannedRun } from './run-folder.js';

/** A run with its data and plugins: what its federation is made of. */
export interface RunParts extends PlannedRun {
  readonly population: Population;
  /** What training starts from, in the federation and alone. */
  readonly initial: Parameters;
  /** Their trainer trains on the threads, where there are any. */
  readonly plugins: Plugins;
  readonly work: TrainingWork;
  /** To be started and closed by whoever runs it; undefined where all is done in this thread. */
  readonly threads: ThreadPool | undefined;
  /** Where its hospitals answer, if not here: started and closed likewise. */
  readonly elsewhere?: SitesElsewhere | undefined;
}
