import { isTrainingPlan, layoutOf } from '@fedward/core';
import type { Study } from '@fedward/transport-nats';

/** What any answer may have beside a model: shares of secrets, statistics, a strategy's small words. */
const base = 16 * 2 ** 20;
/** An update in float64 or in 64-bit words, and as much again for each of what strategies send beside it, such as SCAFFOLD's. */
const bytesPerParameter = 4 * 8;

/**
 * The most that the arrays of one answer to a study may take, bytes: so much memory one hospital can have of the coordinator,
 * whatever it sends.
 */
export function mostBytesOf({ plan }: Pick<Study, 'plan'>): number {
  return base + (isTrainingPlan(plan) ? bytesPerParameter * layoutOf(plan.model).size : 0);
}
