import {
  addMean,
  composeAggregator,
  createLayout,
  parseWith,
  type Aggregator,
  type ComposedState,
  type Layout,
  type Reach,
  type Reduction,
  type ServerOptimizer,
} from '@fedward/core';
import * as z from 'zod';
import { assertPlan, collected, type Sent } from '../one-by-one.js';
import { normOption } from '../options.js';
import { addScaled, distance, medianOf } from '../vectors.js';
import { coordinateMedian } from './median.js';

/** The options of centered clipping. */
export const centeredClippingOptions = z.strictObject({
  clipNorm: normOption
    .default('median')
    .describe('how far from the centre a change counts in full, tau; or `median`, of the distances of the round'),
  iterations: z.int().min(1).max(1000).default(3).describe('how often the centre moves in a round, L'),
  centre: z
    .enum(['previous', 'median'])
    .default('previous')
    .describe("where it begins: at the last round's change, or at the coordinate-wise median of this one's"),
});

/** Of `centeredClipping`. */
export type CenteredClippingOptions = z.input<typeof centeredClippingOptions>;

/**
 * Centered clipping: from a centre v, which is the change of the last round, v <- v + mean_i (x_i - v) min(1, tau / |x_i - v|),
 * L times; that is the change. Each site counts once. The centre is what holds across rounds: a lie that is repeated moves it
 * by a bounded step each time. `median` for tau is not of the paper: the median distance is one of honest sites, or between
 * two of theirs, while fewer than half lie.
 * Source: Karimireddy, He, Jaggi 2021, Learning from history for Byzantine robust optimization, its equation of centered clipping
 * (CC), without momentum at the workers.
 *
 * @param options `clipNorm`: tau > 0 or `median`, the default; `iterations`: L, default 3; `centre`, default `previous`
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function centeredClipping(
  options: CenteredClippingOptions = {},
  path = 'aggregator.options',
): Aggregator<ComposedState<Float64Array>> {
  const { clipNorm, iterations, centre } = parseWith(centeredClippingOptions, options, path);
  const name = 'centered-clipping';
  const reduction = (layout: Layout, previous: Float64Array): Reduction => {
    const rule = (sent: readonly Sent[]) => {
      const from = centre === 'median' ? coordinateMedian(sent).change : previous.slice();
      return { change: centred(sent, from, { clipNorm, iterations }) };
    };
    return collected({ layout, element: 'f32' }, { name, least: 1, rule });
  };
  const aggregator = composeAggregator<Float64Array>({
    name,
    reduce: ({ layout }) => reduction(layout, new Float64Array(layout.size)),
    requires: ['individual-updates', 'told-weights'],
    provides: [],
    optimizer: addAndKeep,
    validate: (plan) => assertPlan(plan, name, 1),
    counts: () => 1,
  });
  return {
    ...aggregator,
    reduce: ({ tensors, optimizer }) => reduction(createLayout(tensors), optimizer),
    reach: (weights) => reachOf([...weights.keys()], { clipNorm, iterations, centre }),
  };
}

/** The model moves by the change, which is the next round's centre. */
const addAndKeep: ServerOptimizer<Float64Array> = {
  init: (size) => new Float64Array(size),
  step: (model, change) => ({ model: addMean.step(model, change, null).model, state: change }),
};

/** @param from [size], the centre; it is moved */
export function centred(
  sent: readonly Sent[],
  from: Float64Array,
  { clipNorm, iterations }: { readonly clipNorm: number | 'median'; readonly iterations: number },
): Float64Array {
  const centre = from;
  for (let round = 0; round < iterations; round++) {
    const distances = sent.map(({ values }) => distance(values, centre));
    const tau = clipNorm === 'median' ? medianOf(distances) : clipNorm;
    const factors = distances.map((far) => (far > tau ? tau / far : 1) / sent.length);
    const moved = new Float64Array(centre.length);
    addScaled(moved, 1 - factors.reduce((sum, factor) => sum + factor, 0), centre);
    sent.forEach(({ values }, i) => addScaled(moved, factors[i]!, values));
    centre.set(moved);
  }
  return centre;
}

/**
 * Each step takes a centre no further from another than it was, and adds at most tau / n of one site's, as it does of zeros that
 * are on the other side of the centre: no further apart than 2 tau / n. Where it begins at the
 * median of the round, that moves with what is sent as well, among what the other sites send.
 */
function reachOf(
  ids: readonly string[],
  { clipNorm, iterations, centre }: Required<z.output<typeof centeredClippingOptions>>,
): Reach[] {
  const share = 1 / ids.length;
  const known = clipNorm !== 'median' && centre === 'previous';
  const step =
    clipNorm === 'median'
      ? 'its share times the median distance of the round, which is not known before'
      : `twice its share of the clip norm ${clipNorm}, from one side of the centre to the other`;
  const begins = centre === 'median' ? ', from the median of the round, which moves with its own change among those of the others' : ''; // prettier-ignore
  const because = `in each of ${iterations} steps ${step}${begins}`;
  return ids.map((id) => ({ id, share, most: known ? 2 * iterations * share * clipNorm : Infinity, because }));
}
