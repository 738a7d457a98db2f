import type { EncodedTable } from '../encode/encoded-table.js';
import { featuresOf, isScaled } from '../schema/features.js';
import { declaredScalings, type Scaler } from './scaler.js';
import type { Scaling } from './scaling.js';

/** Sums over some records of one site, feature by feature. What leaves a site of them is a release. */
export interface FeatureSums {
  readonly count: number;
  /** [width]: of the features' distances from `about`. */
  readonly sums: Float64Array;
  /** [width]: of the squares of these. */
  readonly squares: Float64Array;
}

/**
 * @param about [width]: what distances are from, which is no one's secret
 */
export function featureSums(encoded: EncodedTable, records: ArrayLike<number>, about: Float64Array): FeatureSums {
  const sums = new Float64Array(encoded.width);
  const squares = new Float64Array(encoded.width);
  for (let i = 0; i < records.length; i++) {
    const features = encoded.features(records[i]!);
    for (let j = 0; j < sums.length; j++) {
      const distance = features[j]! - about[j]!;
      sums[j]! += distance;
      squares[j]! += distance * distance;
    }
  }
  return { count: records.length, sums, squares };
}

/** A site's sums about a point: asked twice, about zero and about the means that come of the first. */
export type AskSums = (about: Float64Array) => readonly FeatureSums[];

/**
 * Numbers as their columns declare, those of other columns by the mean and the deviation (n - 1) of all sites' records
 * together, from sums that leave the sites. In two rounds, the second about the means, so that nothing cancels: it equals
 * the pooled fit to rounding.
 *
 * @param schema of the encoded tables
 * @param words what they are, for the mark: `the training parts of all hospitals`
 */
export function fitScalerFromSums(
  schema: Parameters<typeof declaredScalings>[0],
  width: number,
  ask: AskSums,
  words: string,
): Scaler {
  const kinds = featuresOf(schema.columns).map(({ kind }) => kind);
  const declared = declaredScalings(schema);
  if (declared.every((scaling, j) => scaling || !isScaled(kinds[j]!))) return { scalings: declared };
  const first = added(ask(new Float64Array(width)));
  const means = first.sums.map((sum) => sum / first.count);
  const { squares, count } = added(ask(means));
  return {
    scalings: declared.map((scaling, j) => scaling ?? (isScaled(kinds[j]!) ? spreadOf(j) : undefined)),
    sharedStatistics: `mean and deviation of ${words}`,
  };

  function spreadOf(j: number): Scaling {
    const center = means[j]!;
    // A constant is off its own mean by rounding alone, and nothing can be learned from it.
    const rounding = count * (8 * Number.EPSILON * Math.abs(center)) ** 2;
    const spread = squares[j]! > rounding ? Math.sqrt(squares[j]! / (count - 1)) : Infinity;
    return { center, spread, limit: Infinity };
  }
}

function added(sites: readonly FeatureSums[]): FeatureSums {
  const [first] = sites;
  const sums = new Float64Array(first!.sums.length);
  const squares = new Float64Array(sums.length);
  let count = 0;
  for (const site of sites) {
    count += site.count;
    for (let j = 0; j < sums.length; j++) {
      sums[j]! += site.sums[j]!;
      squares[j]! += site.squares[j]!;
    }
  }
  return { count, sums, squares };
}
