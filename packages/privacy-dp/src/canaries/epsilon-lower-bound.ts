import { assertInteger, assertNotNegative, assertThat } from '@fedward/core';
import type { CanaryGuesses } from './canary-guesses.js';
import { binomialProbabilities } from './binomial.js';
import { largestRejected, leastProbability, rejectsTradeOff } from './trade-off.js';

/**
 * How likely at least so many right guesses are, at most, if the training is (epsilon, delta)-private (Steinke, Nasr
 * and Jagielski 2023, "Privacy Auditing with One (1) Training Run", arXiv:2305.08846, theorem 5.2 in the form of its
 * appendix D): with W binomial of r trials and success e^epsilon / (1 + e^epsilon),
 *
 *   P[W >= v] + 2 m delta max_{1 <= i <= v} P[v > W >= v - i] / i
 *
 * It holds whatever the auditor does with all that was released to choose whom to guess, and what.
 *
 * @param epsilon >= 0, nats
 * @param delta in [0, 1)
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function canaryPValue({ canaries, guesses, correct }: CanaryGuesses, epsilon: number, delta: number): number {
  assertInteger('canaries', canaries);
  assertInteger('guesses', guesses, 0, canaries);
  assertInteger('correct', correct, 0, guesses);
  assertNotNegative('epsilon', epsilon);
  assertThat(delta >= 0 && delta < 1, 'delta', `delta must be at least 0 and below 1, got ${delta}`);
  const failure = 1 / (1 + Math.exp(epsilon));
  const probability = binomialProbabilities(guesses, 1 / (1 + Math.exp(-epsilon)), failure);
  let atLeast = 0;
  for (let k = guesses; k >= correct; k--) atLeast += probability[k]!;
  let [below, largest] = [0, 0];
  for (let i = 1; i <= correct; i++) {
    below += probability[correct - i]!;
    largest = Math.max(largest, below / i);
  }
  return Math.min(1, atLeast + 2 * canaries * delta * largest);
}

/** From here on delta explains more by the union over canaries than by the trade-off. */
const mostOfDelta = 0.01;

/**
 * A lower bound on epsilon, for whatever mechanism: with this confidence the training is not (epsilon, delta)-private for
 * any smaller epsilon. It is the largest epsilon that the guesses reject at 1 - confidence; 0 where they reject none.
 *
 * By `canaryPValue`; where canaries x delta is above 0.01, so that its second term grows large, by the trade-off function of
 * (epsilon, delta) (`rejectsTradeOff`), which is the weaker for small deltas. Which one it is hangs on nothing that was seen.
 *
 * The number of guesses must be fixed before the coins are seen; see `epsilonLowerBoundOfScores`.
 *
 * @param confidence in (0, 1)
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function epsilonLowerBound(guessed: CanaryGuesses, delta: number, confidence: number): number {
  return largestRejected(confidence, (epsilon) =>
    guessed.canaries * delta > mostOfDelta
      ? rejectsTradeOff(guessed, leastProbability(epsilon, delta), 1 - confidence)
      : canaryPValue(guessed, epsilon, delta) < 1 - confidence,
  );
}
