import type { PrivacyUnit } from '@fedward/core';
import type { PrivacyName } from '../scenario/scenario.js';

/** What a simulation can be told; all but the scenario have defaults that suit it. */
export interface SimulateOptions {
  readonly scenario: string;
  /** Members of a training plan, over the scenario's own. */
  readonly config?: unknown;
  /** How the config is called in messages, such as its file name. */
  readonly configName?: string;
  readonly dataDir?: string;
  readonly seed?: number;
  readonly rounds?: number;
  readonly hospitals?: number;
  readonly model?: string;
  readonly aggregator?: string;
  /** FedProx's mu. */
  readonly proximalMu?: number;
  readonly trainer?: string;
  readonly optimizer?: 'sgd' | 'momentum' | 'adam';
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly localEpochs?: number;
  /** Poisson batches: probability and number of steps a round. */
  readonly samplingProbability?: number;
  readonly steps?: number;
  readonly quorum?: number;
  readonly cohort?: number;
  readonly deadlineSeconds?: number;
  readonly privacy?: PrivacyName;
  /** Of what the epsilon speaks: a record, a patient with all records, a hospital with all its data. */
  readonly unit?: PrivacyUnit;
  readonly accountant?: string;
  /** The target: the noise is calibrated to it, and the run never passes it. For `tutorial-041`: what it claims. */
  readonly epsilon?: number;
  readonly delta?: number;
  readonly noiseMultiplier?: number;
  readonly clipNorm?: number;
  /** With `central`: the clip norm follows this quantile of the updates' norms, from `clipNorm` on. */
  readonly clipQuantile?: number;
  /** The run stops before the round that would pass this. */
  readonly budget?: number;
  readonly secureNoise?: boolean;
  /**
   * A folder with a folder a hospital: its ledger, which outlives runs. One that is not there is made with the plan's
   * budget; of one that is there, `budget` must be the budget.
   */
  readonly ledger?: string;
  readonly dropRate?: number;
  /** Threads on which hospitals train side by side; 1: this thread. Default: the number of cores, where that pays. */
  readonly workers?: number;
  /** Also train each hospital alone, for the table. Default true. */
  readonly local?: boolean;
}
