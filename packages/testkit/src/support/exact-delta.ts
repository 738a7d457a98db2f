import type { Adjacency } from '@fedward/core';

/** Density of the standard normal distribution at x. */
const bell = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** What one step gives, in units of its noise: N(0, 1), or with this weight N(mean, 1). */
interface Mixture {
  readonly weight: number;
  readonly mean: number;
}

/** What a step gives for a data set and for its neighbour. */
type Pair = readonly [Mixture, Mixture];

const density = ({ weight, mean }: Mixture, x: number): number => (1 - weight) * bell(x) + weight * bell(x - mean);

/**
 * Neighbours that exist, for one Gaussian step on a Poisson sample: one record with a gradient of norm C is there
 * or not (add-or-remove-one, both ways), or is replaced by one with the opposite gradient (replace-one). No sound
 * accountant may claim less than an attacker learns of these.
 */
function pairs(adjacency: Adjacency, noiseMultiplier: number, samplingProbability: number): readonly Pair[] {
  const shift = 1 / noiseMultiplier;
  const weight = samplingProbability;
  if (adjacency === 'replace-one')
    return [
      [
        { weight, mean: shift / 2 },
        { weight, mean: -shift / 2 },
      ],
    ];
  const [present, absent] = [
    { weight, mean: shift },
    { weight: 0, mean: 0 },
  ];
  return [
    [present, absent],
    [absent, present],
  ];
}

/** Points that carry all the mass of a pair but 1e-40 of it. */
function* points([p, q]: Pair, spacing: number): Generator<number> {
  const reach = 14;
  const to = Math.max(0, p.mean, q.mean) + reach;
  for (let x = Math.min(0, p.mean, q.mean) - reach; x <= to; x += spacing) yield x;
}

/**
 * The least delta at which one Gaussian step on a Poisson sample is (epsilon, delta)-private for these neighbours:
 * the integral of max(0, p(x) - e^epsilon q(x)) dx (Dwork and Roth 2014, section 3.5.1), by the trapezoidal rule.
 *
 * @param noiseMultiplier standard deviation over the sensitivity of the adjacency, > 0
 * @param samplingProbability 1 for a plain Gaussian
 */
export function exactDelta(
  adjacency: Adjacency,
  noiseMultiplier: number,
  samplingProbability: number,
  epsilon: number,
): number {
  const spacing = 1 / 200;
  const scale = Math.exp(epsilon);
  const deltas = pairs(adjacency, noiseMultiplier, samplingProbability).map((pair) => {
    let sum = 0;
    for (const x of points(pair, spacing)) sum += Math.max(0, density(pair[0], x) - scale * density(pair[1], x));
    return sum * spacing;
  });
  return Math.max(...deltas);
}

/**
 * A delta that 2^doublings such steps have at least, by epsilon. The privacy loss ln(p(x) / q(x)) of x drawn from
 * p is rounded down to a grid, added to itself by convolution, and cut off at both ends: all three only lower delta,
 * which is the mean of max(0, 1 - e^(epsilon - loss)) (Koskela et al. 2020, theorem 10).
 */
export function composedDelta(
  adjacency: Adjacency,
  noiseMultiplier: number,
  samplingProbability: number,
  doublings: number,
): (epsilon: number) => number {
  const losses = pairs(adjacency, noiseMultiplier, samplingProbability).map((pair) => {
    let distribution = lossDistribution(pair);
    for (let i = 0; i < doublings; i++) distribution = doubled(distribution);
    return distribution;
  });
  return (epsilon) =>
    Math.max(
      ...losses.map(({ lowest, mass }) =>
        mass.reduce((sum, m, i) => {
          const loss = (lowest + i) * gridSpacing;
          return loss > epsilon ? sum + m * -Math.expm1(epsilon - loss) : sum;
        }, 0),
      ),
    );
}

const gridSpacing = 0.003;

/** `mass[i]` is the probability of the loss (lowest + i) * gridSpacing. */
interface LossDistribution {
  readonly lowest: number;
  readonly mass: Float64Array;
}

function lossDistribution(pair: Pair): LossDistribution {
  const spacing = 1 / 1000;
  const xs = [...points(pair, spacing)];
  const cells = xs.map((x) => Math.floor(Math.log(density(pair[0], x) / density(pair[1], x)) / gridSpacing));
  const lowest = cells.reduce((a, b) => Math.min(a, b));
  const mass = new Float64Array(cells.reduce((a, b) => Math.max(a, b)) - lowest + 1);
  xs.forEach((x, i) => (mass[cells[i]! - lowest]! += density(pair[0], x) * spacing));
  return trimmed(lowest, mass);
}

function doubled({ lowest, mass }: LossDistribution): LossDistribution {
  const sum = new Float64Array(2 * mass.length - 1);
  for (let i = 0; i < mass.length; i++) for (let j = 0; j < mass.length; j++) sum[i + j]! += mass[i]! * mass[j]!;
  return trimmed(2 * lowest, sum);
}

/** Without the losses at both ends that hardly ever happen. */
function trimmed(lowest: number, mass: Float64Array): LossDistribution {
  const likely = (m: number): boolean => m > 1e-18;
  const from = mass.findIndex(likely);
  return { lowest: lowest + from, mass: mass.subarray(from, mass.findLastIndex(likely) + 1) };
}
