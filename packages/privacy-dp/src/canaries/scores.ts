import { assertThat } from '@fedward/core';
import type { CanaryGuesses } from './canary-guesses.js';
import { epsilonLowerBound } from './epsilon-lower-bound.js';
import { gaussianLowerBound, type GaussianLowerBound } from './trade-off.js';

/** What an auditor says of epsilon after one run. */
export interface EpsilonLowerBound extends CanaryGuesses {
  /** With `confidence`, no smaller epsilon holds at this delta, whatever the mechanism is. */
  readonly epsilon: number;
  /** With `confidence`, of a mechanism that is as private as a Gaussian one: more, and another statement. */
  readonly gaussian: GaussianLowerBound;
  readonly delta: number;
  readonly confidence: number;
}

/** How many canaries are guessed: all, half, a quarter and so on, those with the clearest scores. */
const shares = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32];

/**
 * A lower bound on epsilon from the scores of canaries (Steinke, Nasr and Jagielski 2023, algorithm 1): a canary whose
 * score is above the middle is guessed to be in, one below it to be out, beginning with those furthest from it.
 *
 * How many are best guessed is not known before. All of a fixed list are tried, and each may be wrong with its part of
 * 1 - confidence (a half, a quarter, an eighth and so on), so that with `confidence` none of them is: the largest
 * bound holds.
 *
 * @param scores [m], finite; whatever was computed from what the training released, larger for canaries that are in
 * @param included [m], the coins: true for a canary that is in
 * @param middle between the scores of those in and out: 0 where they are symmetric; default half-way between the
 *   quartiles of all scores, of which one is among those in and the other among those out where they lie apart
 * @throws {FedwardError} ARGUMENT_INVALID naming what is out of range
 */
export function epsilonLowerBoundOfScores(
  scores: ArrayLike<number>,
  included: readonly boolean[],
  { delta, confidence, middle = betweenQuartiles(scores) }: { delta: number; confidence: number; middle?: number },
): EpsilonLowerBound {
  const m = scores.length;
  assertThat(included.length === m, 'included', `there are ${m} scores and ${included.length} coins`);
  const distance = Float64Array.from(scores, (score) => score - middle);
  assertThat(distance.every(Number.isFinite), 'scores', 'scores must be finite');
  const order = Array.from(distance.keys()).sort((i, j) => Math.abs(distance[j]!) - Math.abs(distance[i]!));
  let [best, gaussian]: [EpsilonLowerBound?, GaussianLowerBound?] = [];
  shares.forEach((share, index) => {
    const guesses = Math.ceil(share * m);
    let correct = 0;
    for (let k = 0; k < guesses; k++) if (distance[order[k]!]! > 0 === included[order[k]!]) correct++;
    const part = { canaries: m, guesses, correct };
    const own = 1 - (1 - confidence) / 2 ** (index + 1);
    const epsilon = epsilonLowerBound(part, delta, own);
    const asGaussian = gaussianLowerBound(part, delta, own);
    if (!gaussian || asGaussian.mu > gaussian.mu) gaussian = asGaussian;
    if (!best || epsilon > best.epsilon) best = { ...part, epsilon, delta, confidence, gaussian };
  });
  return { ...best!, gaussian: gaussian! };
}

/** Unlike the median this is between two groups also where one is the larger. */
function betweenQuartiles(scores: ArrayLike<number>): number {
  const sorted = Float64Array.from(scores).sort();
  const quarter = Math.floor(sorted.length / 4);
  return ((sorted[quarter] ?? 0) + (sorted[sorted.length - 1 - quarter] ?? 0)) / 2;
}
