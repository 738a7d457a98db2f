import type { NoiseSource } from '../random/noise.js';
import type { Random } from '../random/random.js';
import type { ModelSpec } from '../model/spec.js';
import type { Layout, Parameters } from '../parameters/parameters.js';
import type { AugmentationSpec } from '../plan/objective.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { RoundObjective } from '../training/objective.js';
import type { GradientPrivacy } from './gradient-privacy.js';
import type { Metrics } from './messages.js';
import type { Records } from './records.js';

/** One site's examples, row after row. */
export interface TrainingData extends Records {
  /** Shape of one example: the model's `inputShape`. */
  readonly featureShape: readonly number[];
  /** [count, ...featureShape] */
  readonly features: Float32Array;
  /** [count]: class numbers for cross-entropy, values for squared error, times for cox (see `lossSchema`). */
  readonly labels: Float32Array;
}

/** What a strategy may ask of a training beyond the plan. */
export interface TrainingWishes {
  /** FedProx (Li et al. 2020, eq. 2): mu/2 |w - w0|^2 is added to the objective, w0 being where training starts; >= 0. */
  readonly proximalMu?: number;
  /** Names of tensors that are not trained; those of the plan's `training.frozen` are among them. */
  readonly frozen?: readonly string[];
  /**
   * [size of the model's layout], added to the gradient of each step after clipping, noise and the proximal term,
   * but not in frozen tensors: SCAFFOLD's c - c_i (Karimireddy et al. 2020, eq. 3).
   */
  readonly correction?: Float32Array;
  /** Tensors that stay at the site, by name (FedBN, FedPer): they start from these values, from the model's where null. */
  readonly privateTensors?: Readonly<Record<string, Float32Array | null>>;
}

/** All that a training at a site may depend on beside the model and the data. */
export interface ClientContext {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  readonly plan: TrainingPlan;
  /** From the site's half of the strategy. */
  readonly wishes: TrainingWishes;
  /** This client's own stream in this round: shuffling, dropout. */
  readonly random: Random;
  /** Privacy noise, and the secret choice of Poisson batches. */
  readonly noise: NoiseSource;
  /** What every step must do to its gradient; absent without a mechanism that asks for it. */
  readonly gradientPrivacy?: GradientPrivacy;
}

/**
 * What a trainer can do that not every trainer can, by name; the set is open, so that a trainer may name what a plugin
 * asks for. `per-example-clipping` and `batch-mean-clipping`: it carries out a `GradientPrivacy` of that kind of clip.
 * `proximal-term`, `frozen-tensors`, `correction`, `private-tensors`: it grants that wish. `class-weights`,
 * `label-smoothing`, `generalized-cross-entropy`, `small-loss-selection`: it trains by that part of the plan's
 * `training.objective`; `augmentation`: it does to each example what `training.augmentation` says.
 */
export type TrainerCapability =
  | 'per-example-clipping'
  | 'batch-mean-clipping'
  | 'proximal-term'
  | 'frozen-tensors'
  | 'correction'
  | 'private-tensors'
  | 'class-weights'
  | 'label-smoothing'
  | 'generalized-cross-entropy'
  | 'small-loss-selection'
  | 'augmentation'
  | (string & {});

/** What EVERY step of a training carried out, repeated from what was asked. Absent members: nothing of the kind. */
export interface Applied {
  readonly gradientPrivacy?: GradientPrivacy;
  readonly proximalMu?: number;
  /** Names, in the order of the layout. */
  readonly frozen?: readonly string[];
  readonly correction?: true;
  /** Names, in the order of the layout. */
  readonly privateTensors?: readonly string[];
  /** By what each batch's loss was made: `objectiveOf` of the plan and the round. */
  readonly objective?: RoundObjective;
  /** What each example was changed by: the plan's. */
  readonly augmentation?: AugmentationSpec;
}

/** What a training gives. */
export interface Trained {
  /** In the layout of the payload that the training started from. Private tensors are in it as they came. */
  readonly payload: Parameters;
  /** The trained values of the context's private tensors; absent where it names none. Never to leave the site. */
  readonly privateTensors?: Readonly<Record<string, Float32Array>>;
  /** A site sends nothing unless it equals what was asked. Absent: nothing was. */
  readonly applied?: Applied;
  /** Number of optimizer steps taken. */
  readonly steps: number;
  /** `loss`: the mean over steps of the batch loss before each step. */
  readonly metrics: Metrics;
}

/** Trains a model spec on one site's data. Holds no state between calls. */
export interface LocalTrainer {
  readonly name: string;
  /** Absent: nothing. A plan that asks for more is refused before round 0. */
  readonly provides?: readonly TrainerCapability[];
  /** What it runs on, for people and for the audit log, such as `tfjs (wasm)`. */
  describe(): Promise<string>;
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't run */
  validate?(plan: TrainingPlan): void;
  /**
   * The tensors of the model that it trains under a plan, for a trainer that brings a model of its own. Default: those of
   * the plan's `model`.
   */
  layout?(plan: TrainingPlan): Promise<Layout>;
  /**
   * @param payload the global model; left unchanged
   * @throws {FedwardError} ABORTED once `signal` fires, at the latest after the step under way
   */
  train(payload: Parameters, data: TrainingData, context: ClientContext, signal: AbortSignal): Promise<Trained>;
  /** The model's outputs (logits or values) without dropout: [count, outputs], row after row. */
  predict(model: ModelSpec, parameters: Parameters, data: TrainingData): Promise<Float32Array>;
}
