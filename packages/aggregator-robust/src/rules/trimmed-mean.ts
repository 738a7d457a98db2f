import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { byzantineOption } from '../options.js';
import { withinTheOthers } from '../reach.js';
import { eachCoordinate } from '../vectors.js';

/** The options of the trimmed mean. */
export const trimmedMeanOptions = z.strictObject({ byzantine: byzantineOption });

/** Of `trimmedMean`. */
export type TrimmedMeanOptions = z.input<typeof trimmedMeanOptions>;

/**
 * Coordinate-wise trimmed mean: in each coordinate the f smallest and the f largest changes are dropped, and the mean of
 * the others is taken. Each site counts once. It takes n >= 2 f + 1 updates.
 * Source: Yin, Chen, Kannan, Bartlett 2018, Byzantine-robust distributed learning, definition 2, with beta = f / n.
 *
 * @param options `byzantine`: f; default 1
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function trimmedMean(
  options: TrimmedMeanOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<null>> {
  const { byzantine: f } = parseWith(trimmedMeanOptions, options, path);
  return oneByOne({
    name: 'trimmed-mean',
    least: 2 * f + 1,
    rule: (sent) => withoutTails(sent, f),
    reach: withinTheOthers(() => f),
  });
}

/** Of n >= 2 f + 1 changes. */
export function withoutTails(sent: readonly Sent[], f: number): Agreed {
  const change = new Float64Array(sent[0]!.values.length);
  const all = sent.map(({ values }) => values);
  eachCoordinate(all, (sorted, j) => {
    let sum = 0;
    for (let i = f; i < sorted.length - f; i++) sum += sorted[i]!;
    change[j] = sum / (sorted.length - 2 * f);
  });
  return { change };
}
