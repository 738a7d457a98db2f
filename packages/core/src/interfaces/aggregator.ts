import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Parameters, Tensors, TensorsForm } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import type { Update } from './messages.js';

/**
 * What plugins need of each other; the set is open.
 * `individual-updates`: each site's update is seen by the server. `sum-only`: the sum over sites, by weight, is enough: its
 * reduction makes no other, so that core may add up in its place what it can't read.
 * `bounded-sensitivity`: one update moves the sum by no more than its own norm times its weight.
 * `bounded-answers`: the plan's work is a query that says how far one unit moves its answer.
 * `fresh-updates`: each update is of the round that it is summed in. `stale-updates`: it may be of an earlier one.
 * `told-weights`: an update weighs what its site told, and is not made to count for others that were not asked.
 * `plain-changes`: what a site sends is what this round's training changed, and nothing that it kept of earlier rounds.
 */
export type Capability =
  | 'individual-updates'
  | 'sum-only'
  | 'bounded-sensitivity'
  | 'bounded-answers'
  | 'fresh-updates'
  | 'stale-updates'
  | 'told-weights'
  | 'plain-changes'
  | (string & {});

/** What everyone at the server knows before round 0. */
export interface FederationContext {
  readonly plan: Plan;
  /** Number of clients that there are, asked or not. */
  readonly population: number;
}

/** One round, as everyone at the server sees it. */
export interface RoundContext extends FederationContext {
  readonly runId: string;
  readonly round: number;
  /** Ids of the clients asked in this round, in cohort order. */
  readonly cohort: readonly string[];
  /** How the cohort came about; amplification by sampling may be claimed for `uniform` alone, and only where
   *  the choice is kept secret. */
  readonly sampling:
    | { readonly kind: 'all' }
    | { readonly kind: 'uniform'; readonly size: number; readonly of: number }
    /** `inclusion`: with which probability each of the cohort was chosen, in cohort order. */
    | { readonly kind: 'by-size'; readonly size: number; readonly of: number; readonly inclusion: readonly number[] }
    /** `shuffled`: turns are drawn anew in each cycle of rounds, so that a client may be asked in two rounds that follow. */
    | { readonly kind: 'cyclic'; readonly groups: number; readonly order?: 'shuffled' };
}

/** A sum that has not been divided yet: noise is added to the sum, then `payload / divisor` is the mean. */
export interface Aggregate {
  readonly payload: Float64Array;
  readonly divisor: number;
  /** Number of updates in the sum. */
  readonly count: number;
}

/** An update that came in and is not in the sum. */
export interface LeftOut {
  readonly id: string;
  /** For people: why, such as `twice as far from the others as any of them`. */
  readonly reason: string;
}

/** How far one site can move what the aggregator's state stands for in one round, whatever it sends. */
export interface Reach {
  readonly id: string;
  /** Its share in the mean of updates, in [0, 1]; null under a rule that has no shares. */
  readonly share: number | null;
  /**
   * L2 norm of the most that its own update adds to the released mean, against one of zeros that counts as much; Infinity:
   * there is no bound.
   */
  readonly most: number;
  /** For people: by what it is bounded, or why it is not. */
  readonly because: string;
}

/** What a reduction comes to. */
export interface Reduced extends Aggregate {
  /** Whom it left out, for the round's report and the log. Absent: nobody. */
  readonly leftOut?: readonly LeftOut[];
}

/** Takes the updates of one round, in cohort order. Memory: one aggregate, however many updates. */
export interface Reduction {
  /**
   * @param update finite, and in the form that is expected. Its `baseRound` is this round's, or an earlier one where the
   *   aggregator provides `stale-updates`
   * @throws {FedwardError} UPDATE_INVALID for an update that can't be taken; nothing has been added then
   */
  add(update: Update): void;
  /** @throws {FedwardError} QUORUM_NOT_MET where nothing was added */
  finish(): Reduced;
}

/** What the cohort is sent, and what it is to send back. */
export interface Instructed {
  readonly payload: Tensors;
  readonly instructions: JsonObject;
  /** Default: tensors as those of the payload, in float32. */
  readonly expects?: TensorsForm;
}

/**
 * How updates become one (`reduce`) and how that one moves the model (`apply`), on plain state: given the same
 * state and updates, the same bits. Nothing is kept between calls but what the state holds.
 */
export interface Aggregator<S extends State = State, M extends Tensors = Parameters> {
  readonly name: string;
  /** What must be there for it to work. */
  readonly requires: readonly Capability[];
  /** What a privacy mechanism or a collector may rely on. */
  readonly provides: readonly Capability[];
  /** Its half at the sites, by the name of the `SiteStrategy`. Default: core's own, `train-and-subtract`. */
  readonly strategy?: string;
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't work under */
  validate?(plan: Plan): void;
  init(initial: M, context: FederationContext): S;
  /** The global model, or whatever else a state stands for. */
  parameters(state: S): M;
  instruct(state: S, context: RoundContext): Instructed;
  /** Not asked where a mechanism turns the updates into another form (`PrivacyMechanism.form`): core adds them up then. */
  reduce(state: S, context: RoundContext): Reduction;
  /** @returns a new state; the old one is left as it was */
  apply(state: S, aggregate: Aggregate, context: RoundContext): S;
  /**
   * By how much a site with so many records counts in the mean, where that is not their number: for what is told of shares
   * of the weight, and for a quorum of it.
   * @param records as the site says; 1 where that may not be told
   */
  counts?(records: number, id: string): number;
  /**
   * How far each site could move the model in one round, told before a run. Default: by its share, without a bound.
   * @param weights of those whose updates are in the round, as `counts` has them
   */
  reach?(weights: ReadonlyMap<string, number>): readonly Reach[];
  /** Why no further round is needed, for people; undefined where one is. Asked after each round. */
  done?(state: S): string | undefined;
}
