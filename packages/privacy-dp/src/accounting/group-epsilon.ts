import { assertInteger, assertPositive, assertProbability, assertThat, largest } from '@fedward/core';
import { assertDelta } from './delta.js';
import { gaussianEpsilon } from './gaussian-profile.js';
import { groupDivergences } from './group-rdp.js';
import { epsilonFromRdp } from './rdp-accountant.js';

/** A run of DP-SGD, and the group of records in it whose epsilon is asked. */
export interface GroupTarget {
  /** Standard deviation of the noise on the sum of clipped gradients, over the clip norm of one record; > 0. */
  readonly noiseMultiplier: number;
  /** Each record is in each step's batch with this probability, independently; in (0, 1]. */
  readonly samplingProbability: number;
  /** Over the whole run, >= 1. */
  readonly steps: number;
  /** Number of records in the group, such as all those of one patient; >= 1. */
  readonly records: number;
  /** In (0, 1). */
  readonly delta: number;
}

/** Groups of more records than this would take more than a few seconds: they are priced as if nothing were sampled. */
const mostRecords = 10_000;

/** Epsilons of groups run into the thousands, for which orders near 1 are the best: 1 + 2^-10 to 1 + 2^6. */
const orders = Array.from({ length: 33 }, (_, i) => 1 + 2 ** (i / 2 - 10));

/**
 * What DP-SGD that samples and clips single records tells of a whole group of them, such as the records of one patient:
 * an epsilon under adding or removing all of them at once. It is an upper bound for any data, and there are data for
 * which no accountant could state much less: the pair of distributions that is priced is attained (see
 * `groupDivergences`).
 *
 * With sampling probability 1 the group moves the sum by up to k clip norms in each step: a Gaussian release of noise
 * multiplier z / (k sqrt(steps)), priced exactly. That is a bound for any sampling probability, and the one that is given
 * for more than 10,000 records.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is out of range
 */
export function groupEpsilon(target: GroupTarget): number {
  const { noiseMultiplier, samplingProbability, steps, records, delta } = target;
  assertPositive('noiseMultiplier', noiseMultiplier);
  assertProbability('samplingProbability', samplingProbability);
  assertThat(samplingProbability > 0, 'samplingProbability', 'samplingProbability must be above 0');
  assertInteger('steps', steps, 1);
  assertInteger('records', records, 1);
  assertDelta(delta);
  const withoutSampling = gaussianEpsilon((records * Math.sqrt(steps)) / noiseMultiplier, delta);
  if (samplingProbability === 1 || records > mostRecords) return withoutSampling;
  let best = withoutSampling;
  for (const order of orders) {
    const rdp = steps * largest(groupDivergences(order, samplingProbability, noiseMultiplier, records));
    best = Math.min(best, epsilonFromRdp([order], [rdp], delta).epsilon);
    // Each order gives an upper bound, so that none need be asked. Those that follow take the longest, and can't give a
    // smaller one: all of this grows with the order, and what is left out of epsilon, -ln(delta) / (order - 1), is > 0.
    if (rdp + Math.log1p(-1 / order) - Math.log(order) / (order - 1) >= best) break;
  }
  return best;
}
