import type { Adjacency, DpEvent } from '../privacy/events.js';
import type { NoiseSource } from '../random/noise.js';
import type { Plan, TrainingPlan } from '../plan/plan.js';
import type { JsonObject } from '../base/json.js';
import type { Tensors, TensorsForm } from '../parameters/parameters.js';
import type { State } from '../base/state.js';
import type { Aggregate, Capability, Reach, RoundContext } from './aggregator.js';
import type { GradientPrivacy } from './gradient-privacy.js';
import type { EvaluateResult, Update } from './messages.js';

/** What a mechanism sees of its round at a site, in `onCall` too. */
export interface SiteCallContext {
  readonly clientId: string;
  readonly runId: string;
  readonly round: number;
  readonly plan: Plan;
  /** Ids of all that are asked in this round. */
  readonly cohort: readonly string[];
  /**
   * What this mechanism remembers of this round at this site, in memory alone: keys die with the process, and with the
   * round.
   */
  readonly kept: Kept;
}

/** A place for one state. */
export interface Kept {
  /** Null before anything was kept. */
  get(): State;
  set(state: State): void;
}

/** What a mechanism sees of a site's update. */
export interface SiteContext extends SiteCallContext {
  /** What the mechanism's `instruct` told for this round; empty without one. */
  readonly told: JsonObject;
  /** What was sent to the site, such as the global model: masks can be bound to it. Not to be changed. */
  readonly sent: Tensors;
  /** For privacy noise at the site. */
  readonly noise: NoiseSource;
  /**
   * The L2 norm by which one unit of the plan's privacy moves the update at most, as a query says of itself; undefined
   * for a training, which promises nothing of the kind.
   */
  readonly sensitivity: number | undefined;
}

/** What a mechanism sees of its round at the server. */
export interface ServerContext<S extends State = State> extends RoundContext {
  /** What it remembers; null without `init`. */
  readonly state: S;
}

/** What a mechanism sees at the server before a round is sent. */
export interface PrepareContext<S extends State = State> extends ServerContext<S> {
  /**
   * Asks the same mechanism at a site of the cohort, which answers in `onCall`.
   * @throws where the site refuses, fails, or says nothing until the round's deadline; MESSAGE_INVALID naming the site for an
   *   answer that is no state, or larger than `mostCallBytes`
   */
  ask(clientId: string, body: State): Promise<State>;
  /** The site is not asked in this round, and is named in its report as dropped. */
  leaveOut(clientId: string, error: unknown): void;
}

/** What a mechanism sees at the server's release. */
export interface ReleaseContext<S extends State = State> extends ServerContext<S> {
  /** For noise at the server. */
  readonly noise: NoiseSource;
  /** Ids of those whose updates are in the sum, in cohort order. */
  readonly participants: readonly string[];
  /** As `PrepareContext.ask`, for what a sum needs of sites before it can be released: the masks of those who are silent. */
  ask(clientId: string, body: State): Promise<State>;
  /** Sum of what its `onReceive` tallied, over the updates in the aggregate. Not to be released without noise. */
  readonly tally: number;
}

/** An update as it is let in, with a number that is summed beside it. */
export interface Received extends Update {
  readonly tally?: number;
}

/** A sum as it is let out. */
export interface Released<S extends State = State> extends Aggregate {
  /** What the mechanism remembers from now on: absent where nothing has changed. */
  readonly state?: S;
  /** For the round's report and the log: public numbers and ids, such as whose masks were taken off, and at what cost. */
  readonly told?: JsonObject;
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
  validate?(plan: Plan): void;
  /** What its epsilon takes for granted beyond what core says of every mechanism, in words. */
  readonly assumptions?: readonly string[];
  /** What it remembers before round 0. */
  init?(plan: Plan): S;
  /**
   * What an update looks like behind its `onClient`, where that changes it: masked sums are `u32`. Then no aggregator can
   * read it. Core itself adds such updates up by their weights, so that the mechanism must require `sum-only`, and its
   * `onRelease` gives back a sum in the form that the aggregator expects.
   */
  form?(update: TensorsForm): TensorsForm;
  /**
   * Public numbers of a round for its `onClient`, such as a clip norm that moves, or the keys of the cohort.
   * @throws {FedwardError} for a round that must not begin; nothing has been sent then
   */
  instruct?(context: PrepareContext<S>): JsonObject | Promise<JsonObject>;
  /** What each step of training must do. One mechanism of a plan at most. */
  gradient?(plan: TrainingPlan): GradientPrivacy;
  /** At the site: clip, add local noise, mask. */
  onClient?(update: Update, context: SiteContext): Update | Promise<Update>;
  /**
   * The most bytes that its halves say to each other in one call, in a question as in an answer; what is larger is refused
   * on arrival. Default: 1 MiB. Counted are the bytes of arrays, 2 for each character, and 8 for each member.
   */
  readonly mostCallBytes?: number;
  /** At the site: an answer to the server's half. It sees no records, and what it tells must not hang on them. */
  onCall?(body: State, context: SiteCallContext): State | Promise<State>;
  /** At the server, on receipt: check or clip again what can't be trusted. */
  onReceive?(update: Update, context: ServerContext<S>): Received;
  /** At the server, on the sum, before it is divided: add noise, unmask; a public constant may become the divisor. */
  onRelease?(aggregate: Aggregate, context: ReleaseContext<S>): Released<S> | Promise<Released<S>>;
  /**
   * How far one site's update can move the mean that it releases, whatever the site sends: of a mechanism that bounds updates
   * at the server and divides by its own constant. Absent: it bounds nothing.
   */
  reach?(plan: Plan): Pick<Reach, 'share' | 'most' | 'because'>;
  /** What one round spends of each asked site's data. Known before the round, so that it can be refused. */
  event?(context: Pick<RoundContext, 'plan' | 'round'>): DpEvent;
  /** What scoring a model at a site spends, where the mechanism pays for it; core withholds scores that nothing pays for. */
  evaluationEvent?(context: Pick<RoundContext, 'plan' | 'round'>): DpEvent;
  /** At the site: protects the scores that `evaluationEvent` is the price of. */
  onEvaluate?(result: EvaluateResult, context: SiteContext): EvaluateResult | Promise<EvaluateResult>;
}

/** A part of an event that an accountant can't price. */
export interface Unpriced {
  readonly part: DpEvent;
  /** For people, and what to do. */
  readonly reason: string;
}

/** Adds up what events cost. */
export interface PrivacyAccountant {
  readonly name: string;
  readonly adjacency: Adjacency;
  /** The first part of the event that can't be priced, and why; undefined where all of it can. */
  unpriced(event: DpEvent): Unpriced | undefined;
  /** @throws {FedwardError} EVENT_UNSUPPORTED with the reason of `unpriced`; nothing has changed then */
  compose(event: DpEvent): void;
  /** Epsilon as it would be after `compose(event)`; nothing changes. */
  preview(event: DpEvent, delta: number): number;
  /** Least epsilon (nats) that this accountant can prove at this delta in (0, 1); 0 for no event. */
  epsilon(delta: number): number;
  /** All that was composed. */
  readonly composed: DpEvent;
}

/** A new accountant with nothing composed yet. */
export type AccountantFactory = (adjacency: Adjacency) => PrivacyAccountant;
