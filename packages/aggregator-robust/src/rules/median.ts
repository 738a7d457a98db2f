import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { withinTheOthers } from '../reach.js';
import { eachCoordinate, middle } from '../vectors.js';

/** None. */
export const medianOptions = z.strictObject({});

/**
 * Coordinate-wise median: in each coordinate the middle of the sites' changes, or the mean of the middle two. Each site
 * counts once, whatever number of records it claims. While fewer than half of the sites lie, each coordinate is one
 * between those that honest sites sent.
 * Source: Yin, Chen, Kannan, Bartlett 2018, Byzantine-robust distributed learning: towards optimal statistical rates,
 * definition 1.
 *
 * @param options none
 * @throws {FedwardError} CONFIG_INVALID naming the key, for any option
 */
export function median(options: unknown = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  parseWith(medianOptions, options, path);
  return oneByOne({
    name: 'median',
    least: 1,
    rule: coordinateMedian,
    reach: withinTheOthers((n) => Math.floor((n - 1) / 2)),
  });
}

/** Of n >= 1 changes. */
export function coordinateMedian(sent: readonly Sent[]): Agreed {
  const change = new Float64Array(sent[0]!.values.length);
  const all = sent.map(({ values }) => values);
  eachCoordinate(all, (sorted, j) => (change[j] = middle(sorted)));
  return { change };
}
