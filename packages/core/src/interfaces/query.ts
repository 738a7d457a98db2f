import type { JsonObject } from '../base/json.js';
import type { Tensors, TensorsForm } from '../parameters/parameters.js';
import type { QueryPlan } from '../plan/plan.js';
import type { PrivacyUnit } from '../privacy/events.js';
import type { Records } from './records.js';

/** What a query sees of its round. */
export interface QueryContext<D extends Records = Records> {
  readonly clientId: string;
  readonly round: number;
  readonly plan: QueryPlan;
  /** What the aggregator sent: nothing (a layout without tensors), or where an iteration stands. */
  readonly sent: Tensors;
  readonly instructions: JsonObject;
  readonly data: D;
  readonly signal: AbortSignal;
}

/**
 * A question about records whose answers are summed over sites. It is made from the options in the plan, which are data.
 * It keeps nothing between calls.
 */
export interface Query<D extends Records = Records> {
  readonly name: string;
  /** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that it can't work under */
  validate?(plan: QueryPlan): void;
  /** @throws {FedwardError} DATA_MALFORMED for records that it can't be asked of; called before anything is charged */
  validateData?(data: D): void;
  /** What its answers look like. */
  readonly form: TensorsForm;
  /**
   * The L2 norm by which all the records of one unit, taken away, move the answer at most; a mechanism that adds noise
   * relies on it. Undefined where nothing bounds it: such a query can have no price.
   */
  sensitivity?(unit: PrivacyUnit): number | undefined;
  /** @returns a sum over records: of no records all zeros */
  answer(context: QueryContext<D>): Promise<Tensors>;
}
