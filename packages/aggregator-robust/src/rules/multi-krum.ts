import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne } from '../one-by-one.js';
import { byzantineOption } from '../options.js';
import { withinTheOthers } from '../reach.js';
import { nearest } from './krum.js';

/** The options of multi-Krum. */
export const multiKrumOptions = z.strictObject({
  byzantine: byzantineOption,
  keep: z.int().min(1).optional().describe('how many updates are kept, m; default: all that answered but f'),
});

/** Of `multiKrum`. */
export type MultiKrumOptions = z.input<typeof multiKrumOptions>;

/**
 * Multi-Krum: the mean of the m changes of the lowest scores of Krum. The others are left out, and named. Each site that
 * is kept counts once. It takes n >= 2 f + 3 updates, of which no more than n - f are kept.
 * Source: Blanchard et al. 2017, Machine learning with adversaries, section 6 (multi-Krum), with m = n - f.
 *
 * @param options `byzantine`: f, default 1; `keep`: m, default n - f
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function multiKrum(
  options: MultiKrumOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<null>> {
  const { byzantine: f, keep } = parseWith(multiKrumOptions, options, path);
  return oneByOne({
    name: 'multi-krum',
    least: 2 * f + 3,
    rule: (sent) => nearest(sent, f, Math.min(keep ?? Infinity, sent.length - f)),
    reach: withinTheOthers(() => f),
  });
}
