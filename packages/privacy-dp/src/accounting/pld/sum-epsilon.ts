import { logLargestWeight, markovEpsilon, tiltedTail, type Repeated, type Tilt } from './tilt.js';
import { tiltedSum } from './tilted-sum.js';

/** ln of the tilted probability that a window leaves out on either side, at first. */
const logOutsideAtFirst = -15;
/** What it leaves out may count for this part of delta; for more, a wider one is taken. */
const mostOutside = 1e-5;
const largestWindow = 2 ** 21;

/**
 * The first index and the size (a power of two) of a window that holds the tilted sum, with room on both sides.
 * Undefined where that takes more than `largestWindow` points.
 */
function windowOf(
  losses: readonly Repeated[],
  tilt: Tilt,
  logOutside: number,
): { first: number; size: number } | undefined {
  const { interval } = losses[0]!.loss;
  let [lowest, highest] = [0, 0];
  for (const { loss, count } of losses) {
    lowest += count * loss.index[0]!;
    highest += count * loss.index.at(-1)!;
  }
  const first = Math.max(lowest, Math.floor(tiltedTail(losses, tilt, logOutside, -1) / interval));
  const last = Math.min(highest, Math.ceil(tiltedTail(losses, tilt, logOutside, 1) / interval));
  const size = Math.max(4, 2 ** Math.ceil(Math.log2(last - first + 1)));
  return size <= largestWindow ? { first, size } : undefined;
}

export interface SumEpsilon {
  readonly epsilon: number;
  /** -d ln(delta) / d epsilon there, about. */
  readonly rate: number;
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
 *
 * @param logDelta ln of the delta that is left for this
 */
export function sumEpsilon(
  losses: readonly Repeated[],
  logDelta: number,
  tilt: Tilt,
  logOutside = logOutsideAtFirst,
): SumEpsilon | undefined {
  const markov = markovEpsilon(tilt, logDelta);
  if (markov === 0) return { epsilon: 0, rate: tilt.theta };
  const window = windowOf(losses, tilt, logOutside);
  if (!window) return undefined;
  const { theta } = tilt;
  const { interval } = losses[0]!.loss;
  const { probability, first, log, error } = tiltedSum(losses, theta, window.first, window.size);

  const largestWeight = Math.exp(logLargestWeight(theta));
  const outside = 2 * Math.exp(logOutside) * largestWeight;
  const unknown = outside + error * largestWeight;
  /** The largest value that sum and unknown may have together at the loss with this index. */
  const allowed = (index: number): number => Math.exp(logDelta - log + theta * index * interval);
  const [decay, fasterDecay, rise] = [
    Math.exp(-theta * interval),
    Math.exp(-(theta + 1) * interval),
    -Math.expm1(-interval),
  ];
  // Over the losses from `index` on, at distance s from it: the sums of t e^(-theta s), t e^(-(theta + 1) s) and t w(s).
  let [plain, discounted, weighted] = [0, 0, 0];
  let index = first + probability.length - 1;
  for (; index > 0; index--) {
    const mass = index >= first ? probability[index - first]! : 0;
    // From index + 1 to index: w(s + h) = e^(-theta h) (e^-h w(s) + (1 - e^-h) e^(-theta s)).
    weighted = fasterDecay * weighted + decay * rise * plain;
    plain = decay * plain + mass;
    discounted = fasterDecay * discounted + mass;
    const below = fasterDecay * weighted + decay * rise * plain + unknown;
    if (below > allowed(index - 1)) break;
  }
  const share = outside / allowed(Math.max(index, 0));
  if (share > mostOutside) {
    const wider = sumEpsilon(losses, logDelta, tilt, logOutside - Math.log(share / mostOutside) - 1);
    if (wider) return wider;
  }
  const rate = discounted / weighted;
  if (index <= 0) return { epsilon: 0, rate };
  // Between two points of the grid delta is linear in e^epsilon; the unknown is taken as at the lower one.
  const room = allowed(index) - unknown / decay - weighted;
  const down = Math.min(rise, Math.max(0, room / discounted));
  return { epsilon: Math.min(markov, Math.max(0, index * interval + Math.log1p(-down))), rate };
}
