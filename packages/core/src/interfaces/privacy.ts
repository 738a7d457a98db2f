import type { Adjacency, DpEvent } from '../privacy/events.js';
import type { NoiseSource } from '../random/noise.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { JsonObject } from '../base/json.js';
import type { Parameters } from '../parameters/parameters.js';
import type { State } from '../base/state.js';
import type { Aggregate, Capability, RoundContext } from './aggregator.js';
import type { FitResult } from './messages.js';
import type { ClientContext } from './trainer.js';

/**
 * What a mechanism asks of the trainer at every step, as data, so that a trainer can fuse it.
 * With g_i the gradient of example i, C the clip norm and z the noise multiplier, the step's gradient is
 * - `per-example`: (sum_i g_i min(1, C/|g_i|) + N(0, (z C)^2 I)) / expectedSize, also for an empty batch
 *   (Abadi et al. 2016, algorithm 1); under `privacy.unit: patient` g_i is the sum over all records of patient i, who
 *   is in the batch with all of them or with none;
 * - `batch-mean`: clip(mean_i g_i, C) + N(0, (z C / size)^2 I), size being the batch's own.
 */
export interface GradientPrivacy {
  readonly clip: 'per-example' | 'batch-mean';
  /** L2 norm over all parameters together, > 0. */
  readonly clipNorm: number;
  /** Standard deviation of the noise on the sum, over the clip norm; >= 0. */
  readonly noiseMultiplier: number;
}

/** What a mechanism sees of its round at a site. */
export interface SiteContext extends ClientContext {
  /** What the site was sent: an update is what training changed in it. */
  readonly sent: Parameters;
  /** What the mechanism's `instruct` told for this round; empty without one. */
  readonly told: JsonObject;
}

/** What a mechanism sees of its round at the server. */
export interface ServerContext<S extends State = State> extends RoundContext {
  /** What the cohort was sent. */
  readonly sent: Parameters;
  /** What it remembers; null without `init`. */
  readonly state: S;
}

/** What a mechanism sees at the server's release. */
export interface ReleaseContext<S extends State = State> extends ServerContext<S> {
  /** For noise at the server. */
  readonly noise: NoiseSource;
  /** Sum of what its `onReceive` tallied, over the updates in the aggregate. Not to be released without noise. */
  readonly tally: number;
}

/** An update as it is let in, with a number that is summed beside it. */
export interface Received extends FitResult {
  readonly tally?: number;
}

/** A sum as it is let out, with what the mechanism remembers from now on: absent where nothing has changed. */
export interface Released<S extends State = State> extends Aggregate {
  readonly state?: S;
}

/** Beyond which a privacy mechanism's promise holds. */
export type Boundary = 'what leaves a site' | 'what leaves the server';

/**
 * One way to protect what leaves a site or the server. Its hooks run in the order of the plan on the way out
 * of a site, and in reverse at the server's release. It is no more than its options: what it remembers from round to
 * round is its state, which core keeps in the checkpoint.
 */
export interface PrivacyMechanism<S extends State = State> {
  readonly name: string;
  /** What it needs of the aggregator, and of the round: one that looks at single updates says `individual-updates`. */
  readonly requires: readonly Capability[];
  /** What it takes away from the aggregator and from other mechanisms, such as `individual-updates`. */
  readonly removes?: readonly Capability[];
  /**
   * Where its price holds: of all that leaves a site, or only of what leaves the server, which is trusted with updates
   * that are not protected. Default: the server for one that acts on the sum (`onRelease`), else the site.
   */
  readonly protects?: Boundary;
  /** Under which its events are priced; absent for a mechanism without events. */
  readonly adjacency?: Adjacency;
  /** What the plan says that the mechanism claims, where that differs from what it spends. */
  readonly claims?: { readonly epsilon: number; readonly delta: number; readonly note: string };
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan under which its events would not be true */
  validate?(plan: TrainingPlan): void;
  /** What its epsilon takes for granted beyond what core says of every mechanism, in words. */
  readonly assumptions?: readonly string[];
  /** What it remembers before round 0. */
  init?(plan: TrainingPlan): S;
  /**
   * Public numbers of a round for its `onClient`, such as a clip norm that moves.
   * @throws {FedwardError} for a round that must not begin; nothing has been sent then
   */
  instruct?(context: ServerContext<S>): JsonObject;
  /** What each step of training must do. One mechanism of a plan at most. */
  gradient?(plan: TrainingPlan): GradientPrivacy;
  /** At the site: clip, add local noise, mask. */
  onClient?(update: FitResult, context: SiteContext): FitResult;
  /** At the server, on receipt: check or clip again what can't be trusted. */
  onReceive?(update: FitResult, context: ServerContext<S>): Received;
  /** At the server, on the sum, before it is divided: add noise, unmask; a public constant may become the divisor. */
  onRelease?(aggregate: Aggregate, context: ReleaseContext<S>): Released<S>;
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
