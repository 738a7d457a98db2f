import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Tensors } from '../parameters/parameters.js';
import type { DpEvent } from '../privacy/events.js';
import type { AuditHead, EntryProof } from './audit.js';

/** Named finite numbers, such as `loss` or `accuracy`. */
export type Metrics = Readonly<Record<string, number>>;

/** A round's question to one site: what crosses its boundary on the way in, and nothing else. */
export interface Task {
  readonly runId: string;
  /** From 0 on. */
  readonly round: number;
  readonly planHash: string;
  /** Ids of all that are asked in this round, in cohort order. */
  readonly cohort: readonly string[];
  /** What the aggregator sends: the global model with whatever it adds, or what a query starts from. */
  readonly payload: Tensors;
  /** Scalars from the aggregator to the site's half of it, such as FedProx's `proximalMu`. */
  readonly instructions: JsonObject;
  /** Public numbers from the plan's mechanisms at the server to the same ones at the site, by name. */
  readonly forMechanisms?: Readonly<Record<string, JsonObject>>;
  /**
   * The newest round whose update of this site is in the server's state; null where none is. What the site
   * remembers of later rounds was for nothing, and is not to be built upon.
   */
  readonly taken: number | null;
  /** Where the server's log stands, for the site to keep. */
  readonly head?: AuditHead;
  /** At how many entries the server has noted this site's log last; absent: it keeps no note of it. */
  readonly noted?: number;
  /** The server's cosignature of the head that this site told last. */
  readonly cosignature?: string;
}

/** A site's answer to a round: what crosses its boundary on the way out, and nothing else. Each member is a release. */
export interface Update {
  readonly clientId: string;
  /** The round whose task it answers. */
  readonly baseRound: number;
  /**
   * What is summed: a change or a statistic, never a model. All zeros mean nothing. In the form that the aggregator
   * expects, or that the plan's mechanisms make of it.
   */
  readonly payload: Tensors;
  /** Share in a weighted mean: the number of records where that may be told, else a public constant. */
  readonly weight: number;
  /** Means over this site's records. Empty where a mechanism has a price, which does not cover them. */
  readonly metrics: Metrics;
  /** What the site has charged to its own ledger for this answer: all that the plan's mechanisms spend in a round. */
  readonly spent: readonly DpEvent[];
  /** True where the site's privacy noise or sampling came from a seed. */
  readonly simulationOnly: boolean;
  /** Where the site's own log stands, for the server to keep. Absent without one. */
  readonly head?: AuditHead;
  /** That this answer is in the site's own log, as the server can show it to others. Absent without a signed one. */
  readonly entry?: EntryProof;
  /** The site's cosignature of the server's head. */
  readonly cosignature?: string;
}

/** A model to be scored at a site. */
export type EvaluateTask = Omit<Task, 'cohort' | 'instructions' | 'forMechanisms'>;

/** What a site tells of a model on its own test part. */
export interface EvaluateResult {
  readonly clientId: string;
  /** Number of records that the means are over. */
  readonly weight: number;
  readonly metrics: Metrics;
  readonly head?: AuditHead;
}

/** A mechanism's question at the server to the same mechanism at a site. */
export interface MechanismCall {
  readonly runId: string;
  readonly round: number;
  readonly planHash: string;
  readonly cohort: readonly string[];
  /** Its name. */
  readonly mechanism: string;
  readonly body: State;
}
