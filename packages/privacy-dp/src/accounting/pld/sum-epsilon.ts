import { logLargestWeight, markovEpsilon, tiltedTail, type Repeated, type Tilt } from './tilt.js';
import { tiltedSum } from './tilted-sum.js';

/** ln of the tilted probability that a window leaves out on either side, at first. */
const logOutsideAtFirst = -14;
/** What it leaves out may count for this part of delta; for more, a wider one is taken. */
const mostOutside = 1e-3;
const leastOutside = 1e-9;
const largestWindow = 2 ** 20;

/** An interval with which the sum fits into the largest window, with room for a wider one than at first. */
export function leastInterval(losses: readonly Repeated[], tilt: Tilt): number {
  const [low, high] = mostOfSum(losses, tilt, 2 * logOutsideAtFirst);
  return (high - low) / largestWindow;
}

/** Where the tilted sum is, but for e^logOutside of its probability on either side. */
function mostOfSum(losses: readonly Repeated[], tilt: Tilt, logOutside: number): readonly [number, number] {
  let [lowest, highest] = [0, 0];
  for (const { loss, count } of losses) {
    lowest += count * loss.index[0]! * loss.interval;
    highest += count * loss.index.at(-1)! * loss.interval;
  }
  return [
    Math.max(lowest, tiltedTail(losses, tilt, logOutside, -1)),
    Math.min(highest, tiltedTail(losses, tilt, logOutside, 1)),
  ];
}

/**
 * The first index and the size (a power of two) of a window that holds most of the tilted sum, with room on both sides.
 * Undefined where that takes more than `largestWindow` points.
 */
function windowOf(
  losses: readonly Repeated[],
  tilt: Tilt,
  logOutside: number,
): { first: number; size: number } | undefined {
  const { interval } = losses[0]!.loss;
  const [low, high] = mostOfSum(losses, tilt, logOutside);
  const [first, last] = [Math.floor(low / interval), Math.ceil(high / interval)];
  const size = Math.max(4, 2 ** Math.ceil(Math.log2(last - first + 1)));
  return size <= largestWindow ? { first, size } : undefined;
}

/** An epsilon that is proved of a sum of losses, and what delta is like there. */
export interface SumEpsilon {
  readonly epsilon: number;
  /** -d ln(delta) / d epsilon there, about. */
  readonly rate: number;
  /** The part of delta that is for what the window leaves out and the transform gets wrong. */
  readonly unknown: number;
}

/**
 * Least epsilon >= 0 that the composition of losses is proved to have at a delta; never below the truth. Undefined where
 * the grid is too fine for the sum.
 *
 * With t the tilted probabilities of the sum L, K = ln E[e^(theta L)] and w(s) = e^(-theta s) (1 - e^-s),
 *
 *   delta(epsilon) = e^(K - theta epsilon) sum_{l > epsilon} t(l) w(l - epsilon)
 *
 * What the window leaves out and what the transform gets wrong is added to the sum as if it all were where w is largest.
 * Where that alone is more than there is room for, all that is proved is the bound by Markov's inequality.
 *
 * @param logDelta ln of the delta that is left for this
 * @param tolerance what the window may add to epsilon by what it leaves out
 */
export function sumEpsilon(
  losses: readonly Repeated[],
  logDelta: number,
  tilt: Tilt,
  tolerance = Infinity,
  logOutside = logOutsideAtFirst,
): SumEpsilon | undefined {
  const { theta } = tilt;
  const markov = markovEpsilon(tilt, logDelta);
  if (markov === 0) return { epsilon: 0, rate: theta, unknown: 0 };
  const window = windowOf(losses, tilt, logOutside);
  if (!window) return undefined;
  const { interval } = losses[0]!.loss;
  const { probability, first, log, error } = tiltedSum(losses, theta, window.first, window.size);

  const largestWeight = Math.exp(logLargestWeight(theta));
  const outside = 2 * Math.exp(logOutside) * largestWeight;
  const unknown = outside + error * largestWeight;
  // The sums below are off by a few 2^-53 for each point that they go over.
  const logRoom = logDelta - log - window.size * 2 ** -50;
  /** The largest value that sum and unknown may have together at the loss with this index. */
  const allowed = (index: number): number => Math.exp(logRoom + theta * index * interval);
  const [decay, fasterDecay, rise] = [
    Math.exp(-theta * interval),
    Math.exp(-(theta + 1) * interval),
    -Math.expm1(-interval),
  ];
  // From the top down: at `index` nothing is left of the sum but the unknown, and epsilon is at least 0.
  let index = Math.max(0, first + probability.length - 1);
  if (!(unknown <= allowed(index))) return { epsilon: markov, rate: theta, unknown: 1 };
  // Over the losses from `index` on, at distance s from it: the sums of t e^(-theta s), t e^(-(theta + 1) s) and t w(s).
  let [plain, discounted, weighted] = [0, 0, 0];
  for (; index > 0; index--) {
    const mass = index >= first ? (probability[index - first] ?? 0) : 0;
    // From index + 1 to index: w(s + h) = e^(-theta h) (e^-h w(s) + (1 - e^-h) e^(-theta s)).
    weighted = fasterDecay * weighted + decay * rise * plain;
    plain = decay * plain + mass;
    discounted = fasterDecay * discounted + mass;
    const below = fasterDecay * weighted + decay * rise * plain + unknown;
    if (!(below <= allowed(index - 1))) break;
  }
  const share = outside / allowed(index);
  const rate = discounted / allowed(index);
  // A part of delta moves epsilon by itself over the rate: much, where delta hardly falls with epsilon.
  const most = Math.min(mostOutside, Math.max(leastOutside, (rate * tolerance) / 4));
  if (share > most) {
    const wider = sumEpsilon(losses, logDelta, tilt, tolerance, logOutside - Math.log(share / most) - 1);
    if (wider) return wider;
  }
  const part = unknown / allowed(index);
  if (index === 0) return { epsilon: 0, rate, unknown: part };
  const epsilon = (index * interval + Math.log1p(-stepDown())) * (1 + 2 ** -51); // no rounding below
  return { epsilon: epsilon <= markov ? epsilon : markov, rate, unknown: part };

  /**
   * The largest 1 - e^-x for which epsilon is proved at the distance x below `index`, no further than the next point: up
   * to there the sum is weighted + discounted (1 - e^-x), times e^(theta x), and the unknown is as it was.
   */
  function stepDown(): number {
    let [down, tooFar] = [0, rise];
    for (let halving = 0; halving < 50; halving++) {
      const middle = (down + tooFar) / 2;
      const sum = weighted + discounted * middle + unknown * (1 - middle) ** -theta;
      if (sum <= allowed(index)) down = middle;
      else tooFar = middle;
    }
    return down;
  }
}
