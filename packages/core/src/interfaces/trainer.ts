import type { JsonObject } from '../base/json.js';
import type { NoiseSource } from '../random/noise.js';
import type { Random } from '../random/random.js';
import type { ModelSpec } from '../model/spec.js';
import type { Parameters } from '../parameters/parameters.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { FitTask, Metrics } from './messages.js';
import type { GradientPrivacy } from './privacy.js';

/** One site's examples, row after row. */
export interface TrainingData {
  /** Number of examples. */
  readonly count: number;
  /** Shape of one example: the model's `inputShape`. */
  readonly featureShape: readonly number[];
  /** [count, ...featureShape] */
  readonly features: Float32Array;
  /** [count]: class numbers for cross-entropy, values for squared error, times for cox (see `lossSchema`). */
  readonly labels: Float32Array;
  /** [count]: whose example it is; one patient may have several. */
  readonly patientIds?: readonly string[];
  /**
   * Present where examples hang on one another, in words for a message: what was computed from records together and then
   * used on each, such as `their own mean and deviation`. One record then moves the examples of all others, which no
   * clipping of its gradient bounds, so that a site refuses such data where records or patients are protected.
   */
  readonly sharedStatistics?: string;
}

/** All that a training at a site may depend on beside the model and the data. */
export interface ClientContext {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  readonly plan: TrainingPlan;
  /** From the aggregator: `proximalMu`, `frozen` (see `parseInstructions` of `@fedward/core/training`). */
  readonly instructions: JsonObject;
  /** This client's own stream in this round: shuffling, dropout. */
  readonly random: Random;
  /** Privacy noise, and the secret choice of Poisson batches. */
  readonly noise: NoiseSource;
  /** What every step must do to its gradient; absent without a mechanism that asks for it. */
  readonly gradientPrivacy?: GradientPrivacy;
  /**
   * [size of the model's layout], added to the gradient of each step after clipping, noise and the proximal term,
   * but not in frozen tensors: SCAFFOLD's c - c_i (Karimireddy et al. 2020, eq. 3).
   */
  readonly correction?: Float32Array;
  /**
   * Tensors that stay at the site, by name (FedBN, FedPer): they start from these values, from the payload's where
   * null.
   */
  readonly privateTensors?: Readonly<Record<string, Float32Array | null>>;
}

/**
 * What a trainer can do that not every trainer can, by name; the set is open, so that a trainer may name what a plugin
 * asks for. `per-example-clipping` and `batch-mean-clipping`: it carries out a `GradientPrivacy` of that kind of clip.
 */
export type TrainerCapability = 'per-example-clipping' | 'batch-mean-clipping' | (string & {});

/** What a training gives. */
export interface Trained {
  /** In the layout of the payload that the training started from. Private tensors are in it as they came. */
  readonly payload: Parameters;
  /** The trained values of the context's private tensors; absent where it names none. Never to leave the site. */
  readonly privateTensors?: Readonly<Record<string, Float32Array>>;
  /**
   * The gradient privacy that EVERY step carried out, repeated from the context; absent where none did. A site sends
   * nothing unless it equals what was asked.
   */
  readonly applied?: GradientPrivacy;
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
   * Called before anything is charged for a task. Default: the payload has the tensors of the model and no others, and
   * the instructions are those of `parseInstructions`.
   * @throws {FedwardError} for a task that it can't train from
   */
  checkTask?(task: Pick<FitTask, 'payload' | 'instructions'>, plan: TrainingPlan): void;
  /**
   * @param payload the global model; left unchanged
   * @throws {FedwardError} ABORTED once `signal` fires, at the latest after the step under way
   */
  train(payload: Parameters, data: TrainingData, context: ClientContext, signal: AbortSignal): Promise<Trained>;
  /** The model's outputs (logits or values) without dropout: [count, outputs], row after row. */
  predict(model: ModelSpec, parameters: Parameters, data: TrainingData): Promise<Float32Array>;
}
