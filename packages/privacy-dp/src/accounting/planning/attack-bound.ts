import { assertNotNegative, assertProbability } from '@fedward/core';

/** The privacy that an attacker is up against. */
export interface AttackTarget {
  /** Nats, >= 0; Infinity for no bound. */
  readonly epsilon: number;
  /** In [0, 1]. */
  readonly delta: number;
  /** Share of the people who are not in the data of whom the attacker says that they are; in [0, 1]. */
  readonly falsePositiveRate: number;
}

/** Above any rounding of the two bounds, which are sums of few terms of size 1. */
const rounding = 4 * Number.EPSILON;

/**
 * The most that an attacker who has to tell whether one unit was in the data can find of those who were, at a false
 * positive rate. Whatever the attack and whatever else the attacker knows, (epsilon, delta) bounds both kinds of error,
 *
 *   TPR <= e^epsilon FPR + delta   and   TPR <= 1 - e^-epsilon (1 - delta - FPR)
 *
 * (Kairouz, Oh and Viswanath 2015, arXiv:1311.0776, theorem 2.1, with FPR = P_FA and TPR = 1 - P_MD). Some mechanisms
 * attain the lesser of the two; a Gaussian one stays below. Never below the bound: rounded up.
 *
 * @returns a rate in [0, 1]
 * @throws {FedwardError} ARGUMENT_INVALID naming what is out of range
 */
export function truePositiveRateBound({ epsilon, delta, falsePositiveRate }: AttackTarget): number {
  if (epsilon !== Infinity) assertNotNegative('epsilon', epsilon);
  assertProbability('delta', delta);
  assertProbability('falsePositiveRate', falsePositiveRate);
  if (epsilon === Infinity) return 1;
  const fewFalse = Math.exp(epsilon) * falsePositiveRate + delta;
  const manyFalse = 1 - Math.exp(-epsilon) * (1 - delta - falsePositiveRate);
  return Math.min(1, Math.min(fewFalse, manyFalse) * (1 + rounding) + rounding);
}
