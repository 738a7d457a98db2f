import type { DpEvent } from '../privacy/events.js';
import type { JsonObject } from '../base/json.js';
import type { Parameters } from '../parameters/parameters.js';

/** Named finite numbers, such as `loss` or `accuracy`. */
export type Metrics = Readonly<Record<string, number>>;

/** What crosses a site's boundary on the way in, and nothing else. */
export interface FitTask {
  readonly runId: string;
  /** From 0 on. */
  readonly round: number;
  readonly planHash: string;
  /** The global model, and whatever tensors the aggregator adds to it. */
  readonly payload: Parameters;
  /** Scalars from the aggregator to the trainer, such as FedProx's `proximalMu`. */
  readonly instructions: JsonObject;
  /** Public numbers from the plan's mechanisms at the server to the same ones at the site, by name. */
  readonly forMechanisms?: Readonly<Record<string, JsonObject>>;
}

/** What crosses a site's boundary on the way out, and nothing else. Each member is a release. */
export interface FitResult {
  readonly clientId: string;
  /** The round whose payload this update started from. */
  readonly baseRound: number;
  /** The site's model after training, in the layout of the task's payload. */
  readonly payload: Parameters;
  /** Share in a weighted mean: the number of records where that may be told, else a public constant. */
  readonly weight: number;
  /** Means over this site's records. Empty where a mechanism has a price, which does not cover them. */
  readonly metrics: Metrics;
  /** What the site has charged to its own ledger for this result: all that the plan's mechanisms spend in a round. */
  readonly spent: readonly DpEvent[];
  /** True where the site's privacy noise or sampling came from a seed. */
  readonly simulationOnly: boolean;
}

/** As a `FitTask`: a model to be scored. */
export type EvaluateTask = Omit<FitTask, 'instructions' | 'forMechanisms'>;

/** What a site tells of a model on its own test part. */
export interface EvaluateResult {
  readonly clientId: string;
  /** Number of records that the means are over. */
  readonly weight: number;
  readonly metrics: Metrics;
}
