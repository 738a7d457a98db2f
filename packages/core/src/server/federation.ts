import type { Aggregator } from '../interfaces/aggregator.js';
import type { AuditSink } from '../interfaces/audit.js';
import type { Transport } from '../interfaces/client.js';
import type { Metrics } from '../interfaces/messages.js';
import type { AccountantFactory, Boundary, PrivacyMechanism } from '../interfaces/privacy.js';
import type { CheckpointStore } from '../interfaces/stores.js';
import type { Adjacency, DpEvent, PrivacyUnit } from '../privacy/events.js';
import type { NoiseSource } from '../random/noise.js';
import type { Parameters } from '../parameters/parameters.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { State } from '../base/state.js';
import type { ClientSelector } from './cohort.js';

/** All that a run needs. Only the first five have no default. */
export interface Federation<S extends State = State> {
  readonly runId: string;
  readonly plan: TrainingPlan;
  readonly transport: Transport;
  /** The one that the plan names. */
  readonly aggregator: Aggregator<S>;
  /** The model to start from. */
  readonly initial: Parameters;
  /** Those that the plan names, in its order. */
  readonly mechanisms?: readonly PrivacyMechanism[];
  /** Prices the mechanisms' events; needed as soon as one has any. */
  readonly accountant?: AccountantFactory;
  readonly audit?: AuditSink;
  readonly checkpoints?: CheckpointStore;
  /** Go on from the newest checkpoint, where there is one. */
  readonly resume?: boolean;
  /** Default: the plan's cohort rule. */
  readonly selector?: ClientSelector;
  /** For noise at the server, by round. Default: secret. */
  readonly noise?: (round: number) => NoiseSource;
  /**
   * True where sites or server draw their privacy noise from a seed, so that a round that is run again after a crash
   * repeats it and is charged once. Whoever says nothing is charged twice.
   */
  readonly simulationOnly?: boolean;
  /** True where each site has a ledger that outlives runs, and so counts what its patients spent in others. */
  readonly ledgers?: boolean;
  /** Scores the global model after each round on data that the server may see. What is not finite is left out. */
  readonly evaluate?: (model: Parameters, round: number) => Promise<Metrics>;
  /** Awaited, where it gives a promise; what it throws ends the run, which can be resumed. */
  readonly onRound?: (report: RoundReport) => void;
  /**
   * For a plan that names no `deadlineSeconds`; Infinity: none. Default: one hour, so that a silent client can't hold a
   * round for ever; none where all is a simulation.
   */
  readonly deadlineSeconds?: number;
  /** How many clients are asked at a time, and so how many updates memory must hold. Default: the whole cohort. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly now?: () => string;
}

/** A client that was asked and whose update is not in the round. */
export interface Dropped {
  readonly id: string;
  readonly code: string;
  /** The client's own words, cut to 500 characters. */
  readonly reason: string;
  /** Its weight in the last round that it took part in; null where it is not known. */
  readonly weightLost: number | null;
}

/** What happened in one round, as the server saw it. */
export interface RoundReport {
  readonly round: number;
  readonly participants: readonly string[];
  readonly dropped: readonly Dropped[];
  /** Weighted mean of the clients' training losses; null where they are withheld. */
  readonly trainLoss: number | null;
  readonly metrics: Metrics;
  /** The most that any site has spent so far, at the plan's delta; null without privacy or without a bound. */
  readonly epsilon: number | null;
}

/** A claim that can stand alone: an epsilon with all that it depends on. */
export interface PrivacyStatement {
  readonly mechanisms: readonly string[];
  readonly unit: PrivacyUnit;
  readonly adjacency: Adjacency;
  /** What the epsilon is of: where it is of what leaves the server, what a site sends to the server has none. */
  readonly protects: Boundary;
  readonly accountant: string;
  readonly delta: number;
  /** Over all sites, whose patients are taken to be disjoint: the maximum. Null: no finite bound. */
  readonly epsilon: number | null;
  /** Of more than 1,000 clients only those that were asked: the others have spent nothing. */
  readonly perClient: readonly {
    readonly id: string;
    readonly epsilon: number | null;
    readonly spent: DpEvent;
  }[];
  /** What the accountant takes for granted, in words. */
  readonly assumptions: readonly string[];
  /** What did not leave the sites because nothing paid for it. */
  readonly withheld: readonly string[];
  /** What left them and is not in the epsilon: the same for all neighbours, or protected from the world and not from the server. */
  readonly released: readonly string[];
  /** What a mechanism says of itself where that is not what it spends. */
  readonly claims: readonly { readonly epsilon: number; readonly delta: number; readonly note: string }[];
}

/** What a run came to. */
export interface FederationResult {
  readonly runId: string;
  readonly planHash: string;
  readonly model: Parameters;
  readonly rounds: readonly RoundReport[];
  /** Null without a mechanism that has a price. */
  readonly privacy: PrivacyStatement | null;
  readonly simulationOnly: boolean;
}
