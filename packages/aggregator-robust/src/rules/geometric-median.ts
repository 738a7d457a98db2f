import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { byRecordsOption } from '../options.js';
import { withinTheOthers } from '../reach.js';
import { addScaled, distance, normOf } from '../vectors.js';
import { coordinateMedian } from './median.js';

/** The options of the geometric median. */
export const geometricMedianOptions = z.strictObject({
  byRecords: byRecordsOption,
  smoothing: z.number().positive().default(1e-8).describe('distances below this count as this, nu; > 0'),
  iterations: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe('the most steps of Weiszfeld; it stops when it stands'),
});

/** Of `geometricMedian`. */
export type GeometricMedianOptions = z.input<typeof geometricMedianOptions>;

/**
 * RFA: the geometric median, from which the sum of the distances to the sites' changes is the least. It is found by the
 * smoothed Weiszfeld algorithm, z <- sum_k b_k x_k / sum_k b_k with b_k = a_k / max(nu, |z - x_k|). While the liars have less
 * than half of the weight, it stays near the changes of the others.
 * Source: Pillutla, Kakade, Harchaoui 2022, Robust aggregation for federated learning, the smoothed Weiszfeld algorithm. There a_k
 * is the share of the records; here each site counts once unless `byRecords` is set, since a liar claims many. There three
 * steps are taken, each of a message to the sites; here the server sees the changes, and goes on until it stands.
 *
 * @param options `byRecords`, default false; `smoothing`: nu, default 1e-8; `iterations`: at the most, default 1000
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function geometricMedian(
  options: GeometricMedianOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<null>> {
  const { byRecords, ...settings } = parseWith(geometricMedianOptions, options, path);
  return oneByOne({
    name: 'geometric-median',
    byRecords,
    least: 1,
    rule: (sent) => weiszfeld(byRecords ? sent : sent.map((one) => ({ ...one, weight: 1 })), settings),
    reach: byRecords
      ? withinTheOthers(undefined, 'half of the weight, which each site claims for itself')
      : withinTheOthers((n) => Math.floor((n - 1) / 2)),
  });
}

/** Of n >= 1 changes with weights, begun at their coordinate-wise median, so that a far one costs no steps. */
export function weiszfeld(
  sent: readonly Sent[],
  { smoothing, iterations }: { readonly smoothing: number; readonly iterations: number },
): Agreed {
  let at = coordinateMedian(sent).change;
  for (let step = 0; step < iterations; step++) {
    const betas = sent.map(({ weight, values }) => weight / Math.max(smoothing, distance(at, values)));
    const total = betas.reduce((sum, beta) => sum + beta, 0);
    const next = new Float64Array(at.length);
    sent.forEach(({ values }, k) => addScaled(next, betas[k]! / total, values));
    const moved = distance(next, at);
    at = next;
    if (moved <= 1e-12 * normOf(at)) break;
  }
  return { change: at };
}
