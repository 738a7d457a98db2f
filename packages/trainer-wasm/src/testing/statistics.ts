export interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** 0 for a normal. */
  readonly skewness: number;
  /** 3 for a normal. */
  readonly kurtosis: number;
}

export function moments(sample: ArrayLike<number>): Moments {
  const n = sample.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += sample[i]! / n;
  let [two, three, four] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = sample[i]! - mean;
    two += (x * x) / n;
    three += (x * x * x) / n;
    four += (x * x * x * x) / n;
  }
  return { mean, variance: two, skewness: three / two ** 1.5, kurtosis: four / two ** 2 };
}

/** Upper tail of the standard normal, for x >= 0: 1 - Phi(x), by Lentz's continued fraction beyond 2, else by series. */
export function normalTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 2) {
    // Marsaglia 2004: Phi(x) - 1/2 = density (x + x^3/3 + x^5/(3 5) + ...)
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 200; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = x;
  for (let k = 100; k > 0; k--) fraction = x + k / fraction;
  return density / fraction;
}

/** Kolmogorov and Smirnov's distance from N(0, sigma^2), times the root of the sample's size. */
export function ksStatistic(sample: ArrayLike<number>, sigma: number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const x = sorted[i]! / sigma;
    const below = x < 0 ? normalTail(-x) : 1 - normalTail(x);
    distance = Math.max(distance, (i + 1) / n - below, below - i / n);
  }
  return distance * Math.sqrt(n);
}

/** How many values are above `at`, and below -`at`. */
export function beyond(sample: ArrayLike<number>, at: number): [above: number, below: number] {
  let [above, below] = [0, 0];
  for (let i = 0; i < sample.length; i++) {
    if (sample[i]! > at) above++;
    if (sample[i]! < -at) below++;
  }
  return [above, below];
}

/** Pearson's correlation. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i]! - x.mean) * (b[i]! - y.mean)) / a.length;
  return sum / Math.sqrt(x.variance * y.variance);
}
