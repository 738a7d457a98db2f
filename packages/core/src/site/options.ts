import type { AnswerStore } from '../interfaces/answers.js';
import type { AuditSink, Witness } from '../interfaces/audit.js';
import type { Compression } from '../interfaces/compression.js';
import type { Software } from '../interfaces/description.js';
import type { Metrics, Task } from '../interfaces/messages.js';
import type { JsonObject } from '../base/json.js';
import type { Outbox } from '../interfaces/outbox.js';
import type { SitePolicy } from '../interfaces/policy.js';
import type { PrivacyMechanism } from '../interfaces/privacy.js';
import type { Query } from '../interfaces/query.js';
import type { Records } from '../interfaces/records.js';
import type { ClientStore } from '../interfaces/stores.js';
import type { SiteStrategy } from '../interfaces/strategy.js';
import type { LocalTrainer, TrainingData } from '../interfaces/trainer.js';
import type { Plan } from '../plan/plan.js';
import type { Randomness } from '../random/randomness.js';
import type { SiteLedger } from './ledger.js';

/** What each site of a simulation has of its own. */
export interface OwnSiteOptions {
  readonly id: string;
  /** `TrainingData` where the plan trains, else what the query is asked of. A function is called once, when it is needed. */
  readonly data: Records | (() => Records | Promise<Records>);
  /**
   * Digest of what there is to know of the data, for `describe`: a host approves a plan for the data that it has looked at. A
   * digest of counts of patients can be guessed by trying: it should be of a secret number too.
   */
  readonly dataSheet?: string;
  /** Charged before each answer; it may refuse. */
  readonly ledger?: SiteLedger;
  /** Its own log, instead of one that sites share. Where it answers for itself (`AccountableLog`), each answer comes with a proof. */
  readonly audit?: AuditSink;
  /** What it keeps of where the server's log stands; a task whose head is not signed, or does not go on from there, is refused. */
  readonly witness?: Witness;
  /**
   * Keeps its newest answer of each run. Default: for as long as the process lives, and only where noise is secret, since
   * another answer would be another release. One that is given is asked in any case: nothing is then trained twice.
   */
  readonly outbox?: Outbox;
  /** For `evaluate`: the site's own test part. */
  readonly testData?: TrainingData;
  /** Its host's own rules, before those that sites share. */
  readonly policy?: SitePolicy;
  /** For the site's own people: why an answer failed, where the server is not told. */
  readonly onFailure?: (error: unknown, task: Pick<Task, 'runId' | 'round'>) => void;
}

/** What sites of one simulation share. */
export interface SharedSiteOptions {
  /** The plan that the site has approved; a task under any other is refused. */
  readonly plan: Plan;
  /** Where the plan trains: the one that it names. */
  readonly trainer?: LocalTrainer;
  /** Where the plan's aggregator has a half at the sites: that half. Default: `trainAndSubtract`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it remembers is its own business
  readonly strategy?: SiteStrategy<any>;
  /** Where the plan's work is a query: the one that it names. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- `validateData` says what records it takes
  readonly query?: Query<any>;
  /** Those that the plan names, in its order. */
  readonly mechanisms?: readonly PrivacyMechanism[];
  /** The one that the plan names; none where it names none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it remembers is its own business
  readonly compression?: Compression<any>;
  /** Default: secret. A seeded one is for simulations and marks every result. One that is half secret is refused. */
  readonly randomness?: Randomness;
  /** What the strategy remembers. Default: for as long as the process lives. */
  readonly store?: ClientStore;
  /**
   * Which rounds were answered, where secret noise has a price and no ledger counts them: a plan of n rounds is then
   * answered n times, over all runs, and no round twice. Default: for as long as the process lives.
   */
  readonly answers?: AnswerStore;
  /** The sites' own log, where they share one. */
  readonly audit?: AuditSink;
  /** True where `audit` is the server's log as well, as in a simulation: its head is then no news to the server. */
  readonly sharesLog?: boolean;
  /** The host's own rules. Default: none beside the gate. */
  readonly policy?: SitePolicy;
  /**
   * `sha256:` and `digestTensors` of the weights that the first round starts from, as they were approved: a task of round 0 with
   * others is refused. Default: whatever is sent, as where the plan's seed draws them.
   */
  readonly startsFrom?: string;
  /** What the study declares of itself, as it was approved, for the host's rules. */
  readonly declared?: JsonObject;
  /** For `evaluate`: what is computed of the model's outputs on the test part. */
  readonly metrics?: (outputs: Float32Array, labels: Float32Array) => Metrics;
  /** What runs here beside core, for `describe`. */
  readonly software?: readonly Software[];
  readonly now?: () => string;
}

/** All that a site needs: id, plan and data, and a trainer or a query. The rest has defaults. */
export type SiteOptions = OwnSiteOptions & SharedSiteOptions;
