import type { Aggregator, LeftOut } from '../interfaces/aggregator.js';
import type { AuditSink, Witness } from '../interfaces/audit.js';
import type { CertificateStore } from '../interfaces/certificate.js';
import type { Transport } from '../interfaces/client.js';
import type { Clock } from '../interfaces/clock.js';
import type { Collector } from '../interfaces/collector.js';
import type { Compression } from '../interfaces/compression.js';
import type { Metrics } from '../interfaces/messages.js';
import type { AccountantFactory, Boundary, PrivacyMechanism } from '../interfaces/privacy.js';
import type { CheckpointStore } from '../interfaces/stores.js';
import type { Adjacency, DpEvent, PrivacyUnit } from '../privacy/events.js';
import type { NoiseSource } from '../random/noise.js';
import type { Parameters, Tensors } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { ClientSelector } from './cohort.js';

/** All that a run needs. Only the first four have no default, and `initial` where the plan trains a model. */
export interface Federation<S extends State = State, M extends Tensors = Parameters> {
  readonly runId: string;
  readonly plan: Plan;
  readonly transport: Transport;
  /** The one that the plan names. */
  readonly aggregator: Aggregator<S, M>;
  /** The model to start from; for a query what its aggregator starts from, by default no tensors at all. */
  readonly initial?: M;
  /** Those that the plan names, in its order. */
  readonly mechanisms?: readonly PrivacyMechanism[];
  /** Prices the mechanisms' events; needed as soon as one has any. */
  readonly accountant?: AccountantFactory;
  /** The one that the plan names; none where it names none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it remembers is its own business
  readonly compression?: Compression<any>;
  /** The one that the plan names. Default: `everyone`. */
  readonly collector?: Collector;
  /** By which the deadline of a round is told, for a simulation. Default: the machine's. */
  readonly clock?: Clock;
  readonly audit?: AuditSink;
  /** What the server keeps of where the sites' logs stand; an answer whose log is not signed, or does not go on from there, is not taken. */
  readonly witness?: Witness;
  /** Where the certificate of each round goes. Needs a log that answers for itself (`AccountableLog`). */
  readonly certificates?: CertificateStore;
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
  /** Scores the global model after each round on data that the server may see. What is not finite is left out. */
  readonly evaluate?: (model: M, round: number) => Promise<Metrics>;
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

/** An update of an earlier round that is in this one's sum. */
export interface Stale {
  readonly id: string;
  readonly baseRound: number;
}

/** What a model scored at the sites' own test parts. */
export interface SiteScores {
  /** Means over sites, each by its number of test records. */
  readonly metrics: Metrics;
  readonly perSite: readonly { readonly id: string; readonly records: number; readonly metrics: Metrics }[];
  /** Who did not score it, and why. */
  readonly failed: readonly Pick<Dropped, 'id' | 'code' | 'reason'>[];
}

/** What happened in one round, as the server saw it. */
export interface RoundReport {
  readonly round: number;
  readonly participants: readonly string[];
  readonly dropped: readonly Dropped[];
  /** Whose update came in and was left out of the sum by the aggregator, and why. */
  readonly leftOut: readonly LeftOut[];
  /** Who was still at work when the round had enough; their updates belong to a later round. */
  readonly waiting: readonly string[];
  /**
   * What the sum lacks: of all that were asked or waited for, the weight and its share in [0, 1] of those that were dropped,
   * left out, or still at work. Null: one of them has never told its weight. Absent: it lacks nobody, or was skipped.
   */
  readonly lost?: { readonly weight: number | null; readonly share: number | null };
  /** Of the participants, those whose update is of an earlier round. */
  readonly stale: readonly Stale[];
  /** Weighted mean of the clients' training losses; null where they are withheld. */
  readonly trainLoss: number | null;
  /** What was sent to the sites and came from them: the numbers of payloads, without the messages around. */
  readonly bytes: {
    readonly sent: number;
    readonly received: number;
    /** With a compression: what was received would have been without it. */
    readonly uncompressed?: number;
  };
  /** When it ended, since the run began, by the federation's own clock; absent where it has none. */
  readonly simulatedSeconds?: number;
  readonly metrics: Metrics;
  /** Present after the rounds that the plan's `evaluation` names. */
  readonly siteScores?: SiteScores;
  /** What mechanisms told of the sum as they let it out, by name. Absent where none did. */
  readonly told?: Readonly<Record<string, JsonObject>>;
  /** The most that any site has spent so far, at the plan's delta; null without privacy or without a bound. */
  readonly epsilon: number | null;
  /**
   * Why it released nothing and left the model as it was, under a plan that skips such rounds; it then has no participants.
   * The reason is cut to 1,000 characters.
   */
  readonly failure?: { readonly code: string; readonly reason: string };
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
export interface FederationResult<M extends Tensors = Parameters> {
  readonly runId: string;
  readonly planHash: string;
  /** What the aggregator's state stands for at the end. */
  readonly model: M;
  readonly rounds: readonly RoundReport[];
  /** Why the aggregator needed no further round; null where the plan's rounds were used up. */
  readonly done: string | null;
  /** Null without a mechanism that has a price. */
  readonly privacy: PrivacyStatement | null;
  readonly simulationOnly: boolean;
  /**
   * What each site trains on, by its id, as it said when it was met in this process: another processor, or a GPU, rounds
   * otherwise. Only of sites that were met, and of more than 1,000 clients none.
   */
  readonly runsOn: Readonly<Record<string, string>>;
}
