/** Sample mean and (population) variance. */
export function moments(sample: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < sample.length; i++) {
    const step = sample[i]! - mean;
    mean += step / (i + 1);
    squares += step * (sample[i]! - mean);
  }
  return { mean, variance: squares / sample.length };
}

/**
 * Kolmogorov and Smirnov's statistic times the root of the sample's size: the largest distance of the sample's
 * distribution from `cdf`. Above 1.95 for one true sample in a thousand, above 3.3 for one in 10^9
 * (Kolmogorov's limit, 2 exp(-2 x^2)).
 */
export function ksStatistic(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    distance = Math.max(distance, (i + 1) / n - cdf(x), cdf(x) - i / n);
  });
  return distance * Math.sqrt(n);
}

/** Where the test statistic of a true sample never comes, for randomness that no seed repeats. */
export const neverByChance = 3.3;
/** For a fixed seed, where a true sample passes once and for all. */
export const rarelyByChance = 1.95;

/** The standard normal distribution function, to 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
export function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return x >= 0 ? 1 - tail : tail;
}

/** Pearson's correlation of two samples. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - x.mean) * (b[i]! - y.mean);
  return sum / a.length / Math.sqrt(x.variance * y.variance);
}
