import { assertInteger, assertThat } from '@fedward/core';
import { normalCdf, normalQuantile } from '../numeric/index.js';
import { gaussianEpsilon } from '../accounting/index.js';
import type { CanaryGuesses } from './canary-guesses.js';

/**
 * The least probability that a test has on one of two neighbouring data sets if it has probability x on the other: with f
 * the trade-off function of the training (Dong, Roth and Su 2022), the inverse of 1 - f. Convex, and it rises.
 */
export type LeastProbability = (x: number) => number;

/**
 * Whether so many right guesses are less likely than `significance` for every training with this trade-off, in both
 * directions of its adjacency (Mahloujifar, Melis and Chaudhuri 2024, "Auditing f-Differential Privacy in One Run",
 * arXiv:2410.22235, algorithm `audit_rh_with_cap` for two options a canary).
 *
 * Of a canary drawn at random let r(i) be the probability that it is guessed rightly and i or more guesses are right, h(i)
 * that it is guessed wrongly and i or more are right. To turn one canary's coin turns its right guess into a wrong one
 * with one right guess less, so that h(i - 1) >= F(r(i)). Were v right guesses as likely as `significance`, r and h would
 * grow, from v down to 0, past the part of canaries that is guessed: what they add up to.
 */
export function rejectsTradeOff(
  { canaries, guesses, correct }: CanaryGuesses,
  leastProbability: LeastProbability,
  significance: number,
): boolean {
  assertInteger('canaries', canaries);
  assertInteger('guesses', guesses, 0, canaries);
  assertInteger('correct', correct, 0, guesses);
  let right = (significance * correct) / canaries;
  let wrong = (significance * (guesses - correct)) / canaries;
  for (let i = correct - 1; i >= 0; i--) {
    const next = Math.max(wrong, leastProbability(right));
    if (next === wrong) break; // nothing grows any more
    right = Math.min(1, right + (i / (guesses - i)) * (next - wrong));
    wrong = next;
    if (right + wrong > guesses / canaries) return true; // both only grow
  }
  return right + wrong > guesses / canaries;
}

/** Of mu-Gaussian differential privacy. @param mu >= 0 */
export function gaussianLeastProbability(mu: number): LeastProbability {
  return (x) => (x >= 1 ? 1 : normalCdf(normalQuantile(x) - mu));
}

/** Of (epsilon, delta)-differential privacy, whatever the mechanism. */
export function leastProbability(epsilon: number, delta: number): LeastProbability {
  return (x) => Math.max(0, (x - delta) * Math.exp(-epsilon), 1 - delta - Math.exp(epsilon) * (1 - x));
}

/** What is seen of a training whose trade-off between neighbours is that of a Gaussian, exactly or at the least. */
export interface GaussianLowerBound extends Pick<CanaryGuesses, 'guesses' | 'correct'> {
  /** With the confidence of the audit, it is not mu-Gaussian differentially private for any smaller mu. */
  readonly mu: number;
  /** The epsilon of a Gaussian with this mu, at the delta of the audit. */
  readonly epsilon: number;
}

/**
 * The largest mu that the guesses reject, and its epsilon. It is larger than the epsilon of `epsilonLowerBound`, and says
 * less: that the training is not mu-Gaussian private. Another mechanism may be (epsilon, delta)-private for a smaller epsilon
 * and be told as well: randomized response is. So it contradicts a claim of mu, not one of epsilon and delta alone.
 *
 * The number of guesses must be fixed before the coins are seen.
 *
 * @param delta in [0, 1); a Gaussian has no finite epsilon at 0
 * @param confidence in (0, 1)
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function gaussianLowerBound(guessed: CanaryGuesses, delta: number, confidence: number): GaussianLowerBound {
  const mu = largestRejected(confidence, (mu) =>
    rejectsTradeOff(guessed, gaussianLeastProbability(mu), 1 - confidence),
  );
  const epsilon = mu === 0 ? 0 : delta === 0 ? Infinity : gaussianEpsilon(mu, delta);
  return { mu, epsilon, guesses: guessed.guesses, correct: guessed.correct };
}

/** Beyond this no audit goes: it would take more canaries than fit in memory. */
const most = 64;

/** The largest parameter that is rejected, looked for from below: all smaller ones are rejected on the way, in steps. */
export function largestRejected(confidence: number, rejects: (parameter: number) => boolean): number {
  assertThat(confidence > 0 && confidence < 1, 'confidence', `confidence must be in (0, 1), got ${confidence}`);
  if (!rejects(0)) return 0;
  let [low, high] = [0, 0.25];
  while (high < most && rejects(high)) [low, high] = [high, high + 0.25];
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (rejects(middle)) low = middle;
    else high = middle;
  }
  return low;
}
