import { parseWith, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { byzantineOption } from '../options.js';
import { withinTheOthers } from '../reach.js';
import { plainMean, squaredDistance } from '../vectors.js';

/** The options of Krum. */
export const krumOptions = z.strictObject({ byzantine: byzantineOption });

/** Of `krum`. */
export type KrumOptions = z.input<typeof krumOptions>;

/**
 * Krum: the change of the one site that is nearest to its n - f - 2 nearest others. Of all others it is said that they were
 * left out. Each site counts once. It takes n >= 2 f + 3 updates.
 * Source: Blanchard, El Mhamdi, Guerraoui, Stainer 2017, Machine learning with adversaries: Byzantine tolerant gradient
 * descent, section 4 (the Krum function) and proposition 4.2.
 *
 * @param options `byzantine`: f; default 1
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function krum(options: KrumOptions = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { byzantine: f } = parseWith(krumOptions, options, path);
  return oneByOne({
    name: 'krum',
    least: 2 * f + 3,
    rule: (sent) => nearest(sent, f, 1),
    reach: withinTheOthers(() => f),
  });
}

/**
 * The plain mean of the m changes of the lowest scores; of equal scores the first.
 * @param m from 1 to n, n >= f + 3
 */
export function nearest(sent: readonly Sent[], f: number, m: number): Agreed {
  const scores = krumScores(
    sent.map(({ values }) => values),
    sent.length - f - 2,
  );
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const leftOut = order.slice(m).map((i) => ({ id: sent[i]!.id, reason: why(scores[i]!, sent.length - f - 2, m) }));
  return { change: plainMean(order.slice(0, m).map((i) => sent[i]!.values)), leftOut };
}

/**
 * Each one's sum of squared distances to as many nearest others.
 * @param neighbours from 1 to n - 1
 */
export function krumScores(all: readonly ArrayLike<number>[], neighbours: number): number[] {
  const between = all.map(() => new Float64Array(all.length));
  for (let i = 0; i < all.length; i++)
    for (let j = 0; j < i; j++) between[i]![j] = between[j]![i] = squaredDistance(all[i]!, all[j]!);
  return between.map((row, i) => {
    const others = row.filter((_, j) => j !== i).sort();
    return others.slice(0, neighbours).reduce((sum, d) => sum + d, 0);
  });
}

function why(score: number, neighbours: number, kept: number): string {
  const far = Math.sqrt(score / neighbours).toPrecision(3);
  return `${far} from its ${neighbours} nearest neighbours, further than ${kept === 1 ? 'the one that was' : `the ${kept} that were`} kept`;
}
