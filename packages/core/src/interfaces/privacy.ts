import type { Adjacency, DpEvent } from '../numeric/dp-event.js';
import type { NoiseSource } from '../numeric/noise.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { Aggregate, Capability, RoundContext } from './aggregator.js';
import type { FitResult } from './messages.js';
import type { ClientContext } from './trainer.js';

/**
 * What a mechanism asks of the trainer at every step, as data, so that a trainer can fuse it.
 * With g_i the gradient of example i, C the clip norm and z the noise multiplier, the step's gradient is
 * - `per-example`: (sum_i g_i min(1, C/|g_i|) + N(0, (z C)^2 I)) / expectedSize, also for an empty batch
 *   (Abadi et al. 2016, algorithm 1);
 * - `batch-mean`: clip(mean_i g_i, C) + N(0, (z C / size)^2 I), size being the batch's own.
 */
export interface GradientPrivacy {
  readonly clip: 'per-example' | 'batch-mean';
  /** L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum, over the clip norm; >= 0. */
  readonly noiseMultiplier: number;
}

export interface ReleaseContext extends RoundContext {
  /** For noise at the server. */
  readonly noise: NoiseSource;
}

/**
 * One way to protect what leaves a site or the server. Its hooks run in the order of the plan on the way out
 * of a site, and in reverse at the server's release.
 */
export interface PrivacyMechanism {
  readonly name: string;
  /** What it needs of the aggregator. */
  readonly requires: readonly Capability[];
  /** What it takes away from the aggregator, such as `individual-updates`. */
  readonly removes?: readonly Capability[];
  /** Under which its events are priced; absent for a mechanism without events. */
  readonly adjacency?: Adjacency;
  /** What the plan says that the mechanism claims, where that differs from what it spends. */
  readonly claims?: { readonly epsilon: number; readonly delta: number; readonly note: string };
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan under which its events would not be true */
  validate?(plan: TrainingPlan): void;
  /** What each step of training must do. One mechanism of a plan at most. */
  gradient?(plan: TrainingPlan): GradientPrivacy;
  /** At the site: clip, add local noise, mask. */
  onClient?(update: FitResult, context: ClientContext): FitResult;
  /** At the server, on receipt: check or clip again what can't be trusted. */
  onReceive?(update: FitResult, context: RoundContext): FitResult;
  /** At the server, on the sum, before it is divided: add noise, unmask. */
  onRelease?(aggregate: Aggregate, context: ReleaseContext): Aggregate;
  /** What one round spends of each asked site's data. Known before the round, so that it can be refused. */
  event?(context: Pick<RoundContext, 'plan' | 'round'>): DpEvent;
}

/** Adds up what events cost. */
export interface PrivacyAccountant {
  readonly name: string;
  readonly adjacency: Adjacency;
  /** False where any part of the event can't be priced. */
  supports(event: DpEvent): boolean;
  /** @throws {FedwardError} EVENT_UNSUPPORTED; nothing has changed then */
  compose(event: DpEvent): void;
  /** Epsilon as it would be after `compose(event)`; nothing changes. */
  preview(event: DpEvent, delta: number): number;
  /** Least epsilon (nats) that this accountant can prove at this delta in (0, 1); 0 for no event. */
  epsilon(delta: number): number;
  /** All that was composed. */
  readonly ledger: DpEvent;
}

/** A new accountant with nothing composed yet. */
export type AccountantFactory = (adjacency: Adjacency) => PrivacyAccountant;
