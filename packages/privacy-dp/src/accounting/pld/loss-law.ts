import { erfcx } from '../../numeric/index.js';

/**
 * The privacy loss ln(dP/dQ) of a pair of distributions, as it is spread when the output is drawn from P. Every pair
 * here is symmetric: the loss of (Q, P), drawn from Q, is spread in the same way.
 */
export interface LossLaw {
  /** Where the loss has a density; absent for integer noise. */
  readonly density?: LossDensity;
  readonly atoms: readonly LossAtom[];
  /** P(loss > 0) - Q(loss > 0), the total variation distance of the pair; never below the truth. */
  readonly totalVariation: number;
}

/** The part of a privacy loss that has a density. */
export interface LossDensity {
  readonly from: number;
  readonly to: number;
  /** ln of the density under P at a loss between `from` and `to`. */
  logDensity(loss: number): number;
  /** A number s, convex in the loss, with |k-th derivative of the density| <= s^k times the density here, for k to 8. */
  steepness(loss: number): number;
}

/** A single loss that has a probability of its own. */
export interface LossAtom {
  readonly loss: number;
  /** ln of its probability under P */
  readonly logMass: number;
}

/** The pair that dominates one release without sampling. */
export type LossPair =
  /** N(0, 1) and N(mu, 1), mu > 0: for any vectors whose L2 distance is mu times the noise's standard deviation. */
  | { readonly noise: 'gaussian'; readonly mu: number }
  /**
   * Laplace noise of scale 1 around 0 and around `shift` > 0. It dominates vectors at this L1 distance as well. For two
   * coordinates moved by a >= b, d/dt of the hockey-stick at (a + t, b - t) is the factor e^epsilon times
   * Q(L_a > epsilon + b) - Q(L_b > epsilon + a) >= 0: both are e^(-(epsilon + a + b)/2) / 2 where they are not 0 or 1,
   * and the second is 0 first. So moving all of the distance into one coordinate never lowers it.
   */
  | { readonly noise: 'laplace'; readonly shift: number }
  /** Weights e^(-x^2 / (2 sigma^2)) at the integers x, and the same moved by one. */
  | { readonly noise: 'discrete-gaussian'; readonly sigma: number };

/** Standard deviations below the mean at which a law is cut off: what is below has probability e^-62. */
const lowerTail = 11;
/** P(loss <= -60) <= e^-60 Q(loss <= -60) whatever the pair: no losses below are told apart. */
const lowest = -60;

/**
 * The law of a pair's loss, from the lowest loss that matters to one that P exceeds with probability e^logTail at
 * most. What is below is an atom at the lowest loss kept, with no less probability under P and under Q; what is above
 * is left out, for the caller to account for.
 *
 * @param logTail < 0
 * @param sampled whether the pair will be mixed with its own Q, which puts weight on the losses that Q has
 */
export function lossLaw(pair: LossPair, logTail: number, sampled: boolean): LossLaw {
  switch (pair.noise) {
    case 'gaussian':
      return gaussianLaw(pair.mu, logTail, sampled);
    case 'laplace':
      return laplaceLaw(pair.shift, sampled);
    case 'discrete-gaussian':
      return discreteGaussianLaw(pair.sigma, logTail);
  }
}

/** The loss is N(mu^2/2, mu^2) under P and N(-mu^2/2, mu^2) under Q. */
function gaussianLaw(mu: number, logTail: number, sampled: boolean): LossLaw {
  const mean = (mu * mu) / 2;
  const from = Math.max(lowest, (sampled ? -mean : mean) - lowerTail * mu);
  const logScale = -Math.log(mu) - Math.log(2 * Math.PI) / 2;
  return {
    density: {
      from,
      to: mean + Math.sqrt(-2 * logTail) * mu, // Phi(-c) <= e^(-c^2/2) / 2
      logDensity(loss) {
        const deviation = (loss - mean) / mu;
        return logScale - (deviation * deviation) / 2;
      },
      // The k-th derivative is the density times He_k(x) / mu^k, x in standard deviations. For k to 8 the absolute values of
      // the terms of the Hermite polynomial He_k add up to (x^2 + 7)^(k/2) at most.
      steepness: (loss) => Math.sqrt(((loss - mean) / mu) ** 2 + 7) / mu,
    },
    atoms: [
      {
        loss: from,
        logMass: sampled ? from + logNormalTail(-(from + mean) / mu) : logNormalTail((mean - from) / mu),
      },
    ],
    totalVariation: -Math.expm1(Math.LN2 + logNormalTail(mu / 2)) + 2 ** -50,
  };
}

/** The loss is t or -t where the output is not between the two centres, and has density e^((loss - t)/2) / 4 between. */
function laplaceLaw(t: number, sampled: boolean): LossLaw {
  const from = Math.max(-t, lowest, sampled ? -Infinity : t + 2 * lowest);
  return {
    density: { from, to: t, logDensity: (loss) => (loss - t) / 2 - Math.log(4), steepness: () => 0.5 },
    atoms: [
      {
        loss: from,
        logMass: sampled ? from + Math.log1p(-Math.exp(-(t + from) / 2) / 2) : (from - t) / 2 - Math.LN2,
      },
      { loss: t, logMass: -Math.LN2 },
    ],
    totalVariation: -Math.expm1(-t / 2),
  };
}

/**
 * The loss at x is (1 - 2x) / (2 sigma^2). Tails by P(x >= m) <= P(N(0, sigma^2) >= m - 1) (Canonne, Kamath and Steinke
 * 2020, arXiv:2004.00010, proposition 25).
 */
function discreteGaussianLaw(sigma: number, logTail: number): LossLaw {
  const weight = (x: number): number => Math.exp(-(x * x) / (2 * sigma * sigma));
  const lossAt = (x: number): number => (1 - 2 * x) / (2 * sigma * sigma);
  const first = -Math.ceil(Math.sqrt(-2 * logTail) * sigma);
  const last = Math.ceil(lowerTail * sigma) + 1;
  let total = 1;
  for (let x = 1; weight(x) > 0; x++) total += 2 * weight(x);

  const atoms: LossAtom[] = [];
  let x = first;
  for (; x <= last && lossAt(x) > lowest; x++)
    atoms.push({ loss: lossAt(x), logMass: -(x * x) / (2 * sigma * sigma) - Math.log(total) });
  const rest = Math.max(lossAt(x), lowest);
  let massUnderQ = Math.exp(lowest);
  for (; x <= last; x++) massUnderQ += weight(x - 1) / total;
  atoms.push({ loss: rest, logMass: rest + Math.log(massUnderQ) });
  return { atoms, totalVariation: 1 / total };
}

/** ln P(N(0, 1) > x) */
function logNormalTail(x: number): number {
  if (x < 0) return Math.log1p(-Math.exp(logNormalTail(-x)));
  return (-x * x) / 2 + Math.log(erfcx(x / Math.SQRT2) / 2);
}
