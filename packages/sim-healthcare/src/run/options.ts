import type { JsonObject, PrivacyUnit } from '@fedward/core';
import type { Passphrase } from '@fedward/kit-keys';
import type { TeamPlugins } from '../plugins/team.js';
import type { OpenSites } from '../threads/index.js';
import type { Flags } from './flags.js';
import type { Grid } from '../validate/grid.js';
import type { SetKeys } from './set-keys.js';

/** How a run is carried out. Threads change no bit of what comes out; plugins have to be those that it began with. */
export interface Execution {
  /** Number of threads. */
  readonly workers?: number | undefined;
  /** Of a team's own. */
  readonly plugins?: readonly TeamPlugins[] | undefined;
  /** Hospitals answer in other processes, which changes no bit either. Default: in this one. */
  readonly elsewhere?: OpenSites | undefined;
  /** Of the keys in `keys` that are encrypted. */
  readonly passphrase?: Passphrase | undefined;
}

/** What a simulation can be told; all but the scenario have defaults that suit it. */
export interface SimulateOptions {
  /** See `Execution.elsewhere`. */
  readonly elsewhere?: OpenSites | undefined;
  readonly scenario: string;
  /** Members of a training plan, over the scenario's own. */
  readonly config?: unknown;
  /** How the config is called in messages, such as its file name. */
  readonly configName?: string;
  readonly dataDir?: string;
  /** Of the caller's own data: the file that says what they mean. Default: `schema.json` in their folder. */
  readonly schema?: string;
  /** How one table is parted among hospitals, such as `dirichlet:5:0.5` (see `parsePartition`). */
  readonly partition?: string;
  /** A safetensors or ONNX file: training starts from its tensors, by name, and from drawn ones for what it has not. */
  readonly initial?: string;
  readonly seed?: number;
  readonly rounds?: number;
  readonly hospitals?: number;
  /** Hospitals that take no part, by id: nothing hangs on their data. */
  readonly without?: readonly string[];
  /** A file of patient ids: rows of these are left out before anything is counted or computed of them. */
  readonly optOuts?: string;
  /** Each label of a noisy hospital's training part is made wrong with this probability, from the seed; simulated patients alone. */
  readonly labelNoise?: number;
  /** At so many hospitals, drawn from the seed. Default: all. */
  readonly noisyHospitals?: number;
  /** Estimate at each hospital how many labels are wrong, by a model that the others train (see `labelNoiseOf`). */
  readonly findLabelNoise?: boolean;
  /** Of a model that comes with fedward, or the path of one's own: an ONNX file, or a folder of `fedward model import`. */
  readonly model?: string;
  readonly aggregator?: string;
  /** How updates are made smaller on their way: a compression's name. Default: the config's, or not at all. */
  readonly compression?: string;
  /** Short options that plugins of the plan declare, such as `{ 'proximal-mu': 0.1 }`. */
  readonly flags?: Flags;
  /** Keys of the plan, set after all else: over the scenario's defaults, the config, and the options here. */
  readonly set?: SetKeys;
  /** Plugins of a team's own, which the plan may then name too. */
  readonly plugins?: readonly TeamPlugins[];
  /** By name, or `auto`: the one that suits the work. Default: that. */
  readonly trainer?: string;
  readonly optimizer?: 'sgd' | 'momentum' | 'adam';
  readonly learningRate?: number;
  /** One a class: `training.objective.classWeights`. */
  readonly classWeights?: readonly number[];
  readonly batchSize?: number;
  readonly localEpochs?: number;
  /** Poisson batches: probability and number of steps a round. */
  readonly samplingProbability?: number;
  readonly steps?: number;
  readonly quorum?: number;
  /** `quorumShare` of the plan. */
  readonly quorumShare?: number;
  /** Hospitals asked in a round. */
  readonly cohort?: number;
  /** How `cohort` of them are chosen. Default: uniform; for a mechanism that needs turns, cyclic. */
  readonly select?: 'uniform' | 'by-size' | 'cyclic';
  readonly deadlineSeconds?: number;
  /** A mechanism's name, or `none`. */
  readonly privacy?: string;
  /** Of what the epsilon speaks: a record, a patient with all records, a hospital with all its data. */
  readonly unit?: PrivacyUnit;
  readonly accountant?: string;
  /**
   * Secure aggregation, last of the plan's mechanisms: the server learns sums of updates alone. A round that too few
   * hospitals answer to its end is then skipped, unless the plan says otherwise.
   */
  readonly secagg?: boolean;
  /** The target: the noise is calibrated to it, and the run never passes it. Where a mechanism only claims one: what it claims. */
  readonly epsilon?: number;
  readonly delta?: number;
  readonly noiseMultiplier?: number;
  readonly clipNorm?: number;
  /** The run stops before the round that would pass this. */
  readonly budget?: number;
  readonly secureNoise?: boolean;
  /**
   * A folder with a folder a hospital: its ledger, which outlives runs. One that is not there is made with the plan's
   * budget; of one that is there, `budget` must be the budget.
   */
  readonly ledger?: string;
  /**
   * A folder of private keys: a party that has one there (`coordinator`, or a hospital's id) signs its log with it, and its
   * ledger. The others get new ones for their logs, and their ledgers, which outlive the run, are not signed.
   */
  readonly keys?: string;
  /** Of those that are encrypted. */
  readonly passphrase?: Passphrase;
  /**
   * The probability of class 1 from which on a record is called that, or how it is chosen on the training parts: `youden`,
   * `sensitivity:0.9`, `specificity:0.9`. Default: what the study declares, else 0.5.
   */
  readonly threshold?: number | string;
  /** Of class 1 where the model is to be used: PPV and NPV are told for it. */
  readonly prevalence?: number;
  /** The time at which survival is judged, in the label's unit. Default: the median time of the training parts. */
  readonly horizon?: number;
  readonly dropRate?: number;
  /** How many times slower than the others a hospital is, by its id, such as `{ 'hospital-4': 20 }`. */
  readonly slow?: Readonly<Record<string, number>>;
  /** A round ends with so many updates, of whatever round: the plan's collector is then the one for that. */
  readonly collect?: number;
  /** Threads on which hospitals train side by side; 1: this thread. Default: the number of cores, where that pays. */
  readonly workers?: number;
  /**
   * How the model is judged: `holdout` (default), on the hospitals' test parts; beside that `kfold:K`, on all patients in K
   * folds, or `leave-one-hospital-out`, on each hospital by a model of the others. Both train a federation for each fold.
   */
  readonly validate?: string;
  /**
   * Settings that are chosen on training parts before the run, by key: a path of the plan as `set` has it, or
   * `learning-rate`, `rounds`, `batch-size`, `local-epochs`; with the values to choose from. At most 100 combinations.
   */
  readonly choose?: Grid;
  /** The rules of each hospital's host (`sitePolicySchema` of @fedward/compliance), by its id, or `*` for all. */
  readonly policies?: Readonly<Record<string, unknown>>;
  /** The folder of what was approved, where a policy asks for approvals. */
  readonly approvals?: string;
  /** What the study declares of itself: purpose, users, countries, permit. */
  readonly declared?: JsonObject;
  /** Look at the study rule by rule before its first round: where a rule fails, stop, or tell it and go on. Default: not looked at. */
  readonly check?: 'stop' | 'warn';
  /** Also train each hospital alone, for the table. Default true. */
  readonly local?: boolean;
}
