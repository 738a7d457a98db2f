import { parseWith, smallest, type Aggregator, type ComposedState } from '@fedward/core';
import * as z from 'zod';
import { oneByOne, type Agreed, type Sent } from '../one-by-one.js';
import { byzantineOption } from '../options.js';
import { withinTheOthers } from '../reach.js';
import { eachCoordinate, middle } from '../vectors.js';
import { krumScores } from './krum.js';

/** The options of Bulyan. */
export const bulyanOptions = z.strictObject({ byzantine: byzantineOption });

/** Of `bulyan`. */
export type BulyanOptions = z.input<typeof bulyanOptions>;

/**
 * Bulyan: Krum chooses theta = n - 2 f changes, one after the other, each of those that are left; then in each coordinate
 * the mean of the theta - 2 f values that are nearest to their median is taken. It is for models of so many numbers that a
 * lie in one of them hides in the norm of all. Each site counts once. It takes n >= 4 f + 3 updates.
 * Source: El Mhamdi, Guerraoui, Rouault 2018, The hidden vulnerability of distributed learning in Byzantium, section 4.
 *
 * @param options `byzantine`: f; default 1
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function bulyan(options: BulyanOptions = {}, path = 'aggregator.options'): Aggregator<ComposedState<null>> {
  const { byzantine: f } = parseWith(bulyanOptions, options, path);
  return oneByOne({
    name: 'bulyan',
    least: 4 * f + 3,
    rule: (sent) => chosenTwice(sent, f),
    reach: withinTheOthers(() => f),
  });
}

/** Of n >= 4 f + 3 changes. */
export function chosenTwice(sent: readonly Sent[], f: number): Agreed {
  const left = [...sent];
  const chosen: Sent[] = [];
  while (chosen.length < sent.length - 2 * f) {
    const scores = krumScores(
      left.map(({ values }) => values),
      Math.max(1, left.length - f - 2),
    );
    chosen.push(...left.splice(scores.indexOf(smallest(scores)), 1));
  }
  const change = new Float64Array(sent[0]!.values.length);
  const kept = chosen.length - 2 * f;
  eachCoordinate(
    chosen.map(({ values }) => values),
    (sorted, j) => (change[j] = meanAround(sorted, middle(sorted), kept)),
  );
  const reason = `not among the ${chosen.length} that are nearest to the others`;
  return { change, leftOut: left.map(({ id }) => ({ id, reason })) };
}

/** The mean of as many values that are nearest to a middle; they stand next to each other. */
function meanAround(sorted: Float64Array, centre: number, count: number): number {
  let from = 0;
  while (from + count < sorted.length && centre - sorted[from]! > sorted[from + count]! - centre) from++;
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += sorted[i]!;
  return sum / count;
}
