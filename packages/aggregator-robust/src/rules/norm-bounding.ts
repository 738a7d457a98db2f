import { parseWith, type Aggregator, type ComposedState, type Reach } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { byRecordsOption, normOption } from '../options.js';
import { addScaled, medianOf, normOf } from '../vectors.js';

/** The options of norm bounding. */
export const normBoundingOptions = z.strictObject({
  clipNorm: normOption
    .default('median')
    .describe('the most that the L2 norm of a change may be, M; or `median`, of the norms of the round'),
  byRecords: byRecordsOption,
});

/** Of `normBounding`. */
export type NormBoundingOptions = z.input<typeof normBoundingOptions>;

/**
 * Norm bounding: the mean of the changes, each shortened to the norm M at most, x / max(1, |x| / M). A liar is heard as far as
 * its share goes and no further. Each site counts once unless `byRecords` is set. `median` for M is not of the paper: the
 * median norm is one of honest sites, or between two of theirs, while fewer than half lie.
 * Source: Sun, Kairouz, Suresh, McMahan 2019, Can you really backdoor federated learning?, section 4 (norm thresholding).
 *
 * @param options `clipNorm`: M > 0 or `median`, the default; `byRecords`, default false
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function normBounding(
  options: NormBoundingOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<null>> {
  const { clipNorm, byRecords } = parseWith(normBoundingOptions, options, path);
  return oneByOne({
    name: 'norm-bounding',
    byRecords,
    least: 1,
    rule: (sent) => boundedMean(byRecords ? sent : sent.map((one) => ({ ...one, weight: 1 })), clipNorm),
    reach: (weights) => reachOf(weights, clipNorm, byRecords),
  });
}

/** Of n >= 1 changes with weights. */
export function boundedMean(sent: readonly Sent[], clipNorm: number | 'median'): Agreed {
  const norms = sent.map(({ values }) => normOf(values));
  const most = clipNorm === 'median' ? medianOf(norms) : clipNorm;
  const total = sent.reduce((sum, { weight }) => sum + weight, 0);
  const change = new Float64Array(sent[0]!.values.length);
  sent.forEach(({ weight, values }, i) => {
    const factor = norms[i]! > most ? most / norms[i]! : 1;
    addScaled(change, (weight / total) * factor, values);
  });
  return { change };
}

function reachOf(weights: ReadonlyMap<string, number>, clipNorm: number | 'median', byRecords: boolean): Reach[] {
  const total = byRecords ? [...weights.values()].reduce((sum, weight) => sum + weight, 0) : weights.size;
  return [...weights].map(([id, weight]) => {
    const share = (byRecords ? weight : 1) / total;
    const common = { id, share: byRecords ? null : share };
    if (byRecords) {
      const norm = clipNorm === 'median' ? 'the median norm of the round' : `the clip norm ${clipNorm}`;
      return { ...common, most: clipNorm === 'median' ? Infinity : clipNorm, because: `all of ${norm}, should it claim that many records` }; // prettier-ignore
    }
    return clipNorm === 'median'
      ? { ...common, most: Infinity, because: 'its share of the median norm of the round, which is not known before' }
      : { ...common, most: share * clipNorm, because: `its share of the clip norm ${clipNorm}` };
  });
}
