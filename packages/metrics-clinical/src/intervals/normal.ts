/** The level of every interval here. */
export const level = 0.95;

/** Quantile of the standard normal at 0.975. */
export const z = 1.959963984540054;

export type Interval = readonly [low: number, high: number];

/** value +- z sd, kept within what the figure can be. */
export function wald(value: number, variance: number, [least, most]: Interval = [-Infinity, Infinity]): Interval {
  const half = z * Math.sqrt(variance);
  return [Math.max(least, value - half), Math.min(most, value + half)];
}

/**
 * Of a share strictly between 0 and 1, symmetric in its log-odds and so never outside of [0, 1]; its variance is carried over
 * by the delta method, var / (value (1 - value))^2.
 */
export function logitWald(value: number, variance: number): Interval {
  const centre = Math.log(value / (1 - value));
  const half = (z * Math.sqrt(variance)) / (value * (1 - value));
  return [1 / (1 + Math.exp(half - centre)), 1 / (1 + Math.exp(-half - centre))];
}

/** Of a ratio > 0, symmetric in its logarithm. */
export function logWald(value: number, varianceOfLog: number): Interval {
  const factor = Math.exp(z * Math.sqrt(varianceOfLog));
  return [value / factor, value * factor];
}
