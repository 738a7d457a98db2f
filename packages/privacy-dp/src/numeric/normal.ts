/** Tails of the normal distribution, scaled so that nothing underflows. */

/** Step and nodes of the midpoint rule: its error is below e^(-pi^2/step^2) = 8e-18, the cut-off e^-45. */
const step = 0.5;
const nodes = Array.from({ length: 13 }, (_, n) => ((n + 0.5) * step) ** 2);
const weights = nodes.map((square) => Math.exp(-square));

/**
 * Scaled complementary error function e^(x^2) erfc(x), to about 4e-16 relative for x >= 0.
 *
 * Midpoint rule for e^(x^2) erfc(x) = (2x/pi) integral from 0 to infinity of e^(-t^2) / (t^2 + x^2) dt, plus what
 * the poles at t = +-ix add to it (Hunter and Regan 1972, Mathematics of Computation 26, equation 4). Every term
 * is positive, so nothing cancels.
 */
export function erfcx(x: number): number {
  if (x < 0) return 2 * Math.exp(x * x) - erfcx(-x);
  let sum = 0;
  for (let n = 0; n < nodes.length; n++) sum += weights[n]! / (nodes[n]! + x * x);
  const poles = x < Math.PI / step ? (2 * Math.exp(x * x)) / (1 + Math.exp((2 * Math.PI * x) / step)) : 0;
  return ((2 * step * x) / Math.PI) * sum + poles;
}

/** The standard normal density. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Mills' ratio: the upper tail of the standard normal distribution over its density, Phi(-x) / phi(x). */
export function millsRatio(x: number): number {
  return Math.sqrt(Math.PI / 2) * erfcx(x / Math.SQRT2);
}

/** The standard normal distribution function, to about 4e-16 relative below 0. */
export function normalCdf(x: number): number {
  if (x === -Infinity) return 0;
  return x > 0 ? 1 - normalCdf(-x) : normalDensity(x) * millsRatio(-x);
}

/**
 * Its inverse, for p in [0, 1]: Newton's method on ln Phi, which is concave, from below the root: Phi(x) is below
 * e^(-x^2/2) / 2.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  let x = -Math.sqrt(-2 * Math.log(p));
  for (let step = 0; step < 60; step++) {
    const mills = millsRatio(-x);
    const next = x - mills * ((-x * x) / 2 - Math.log(2 * Math.PI) / 2 + Math.log(mills) - Math.log(p));
    if (!(next > x)) break;
    x = next;
  }
  return x;
}
