import type { JsonObject, PrivacyUnit, Query, QueryPlan, Random, Records, Tensors } from '@fedward/core';

/** What the suite needs to know of a query. */
export interface QueryComplianceOptions<D extends Records> {
  /** A new query, as if in a new process. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- `validateData` says what records it takes
  readonly create: () => Query<any>;
  /** A plan that asks it. */
  readonly plan: QueryPlan;
  /**
   * Records out of a stream, this many of them; also 0 of them. Each stream gives others, far ones among them: what a
   * bound is worth is seen by those.
   */
  readonly records: (random: Random, count: number) => D;
  /** The records of both, those of the first before those of the second, and their `patientIds` where both have them. */
  readonly join: (a: D, b: D) => D;
  /** What the aggregator sends, and its instructions. Default: a layout without tensors, and none. */
  readonly sent?: Tensors;
  readonly instructions?: JsonObject;
  /** Records that it can't be asked of. */
  readonly rejects?: readonly Records[];
  /** Plans that it can't work under. */
  readonly rejectsPlans?: readonly QueryPlan[];
  /** How far an answer may be from the sum of its parts, relative to the largest number in it. Default: 0. */
  readonly rounding?: number;
  /** Units that it must bound. Default: those of which `sensitivity` tells a number. Records and patients are tried out. */
  readonly units?: readonly PrivacyUnit[];
}
