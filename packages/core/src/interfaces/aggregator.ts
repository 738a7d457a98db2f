import type { TrainingPlan } from '../plan/plan.js';
import type { Parameters } from '../parameters/parameters.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { FitResult } from './messages.js';

/**
 * What plugins need of each other.
 * `individual-updates`: each site's update is seen by the server. `sum-only`: the sum over sites is enough.
 * `bounded-sensitivity`: one update moves the sum by no more than its own norm times its weight.
 */
export type Capability = 'individual-updates' | 'sum-only' | 'bounded-sensitivity';

/** One round, as everyone at the server sees it. */
export interface RoundContext {
  readonly runId: string;
  readonly round: number;
  readonly plan: TrainingPlan;
  /** Ids of the clients asked in this round, in cohort order. */
  readonly cohort: readonly string[];
  /** How the cohort came about; amplification by sampling may be claimed for `uniform` alone, and only where
   *  the choice is kept secret. */
  readonly sampling:
    | { readonly kind: 'all' }
    | { readonly kind: 'uniform'; readonly size: number; readonly of: number }
    | { readonly kind: 'cyclic'; readonly groups: number };
}

/** A sum that has not been divided yet: noise is added to the sum, then `payload / divisor` is the mean. */
export interface Aggregate {
  readonly payload: Float64Array;
  readonly divisor: number;
  /** Number of updates in the sum. */
  readonly count: number;
}

/** Takes the updates of one round, in cohort order. Memory: one aggregate, however many updates. */
export interface Reduction {
  /**
   * @param update finite, and in the layout of the payload that was sent
   * @throws {FedwardError} UPDATE_INVALID for an update that can't be taken; nothing has been added then
   */
  add(update: FitResult): void;
  /** @throws {FedwardError} QUORUM_NOT_MET where nothing was added */
  finish(): Aggregate;
}

/**
 * How updates become one (`reduce`) and how that one moves the model (`apply`), on plain state: given the same
 * state and updates, the same bits. Nothing is kept between calls but what the state holds.
 */
export interface Aggregator<S extends State = State> {
  readonly name: string;
  /** What must be there for it to work. */
  readonly requires: readonly Capability[];
  /** What a privacy mechanism may rely on. */
  readonly provides: readonly Capability[];
  init(initial: Parameters): S;
  /** The global model that a state stands for. */
  parameters(state: S): Parameters;
  /** What the cohort is sent. */
  instruct(state: S, context: RoundContext): { readonly payload: Parameters; readonly instructions: JsonObject };
  reduce(state: S, context: RoundContext): Reduction;
  /** @returns a new state; the old one is left as it was */
  apply(state: S, aggregate: Aggregate, context: RoundContext): S;
}
