import {
  assertFits,
  composeAggregator,
  FedwardError,
  parseWith,
  addMean,
  type Aggregator,
  type ComposedState,
  type Reduction,
  type TensorsForm,
} from '@fedward/core';
import * as z from 'zod';

const optionsSchema = z.strictObject({
  /** How many sites may lie, f. */
  byzantine: z.int().min(0),
  /** How many updates are kept, m. */
  keep: z.int().min(1).default(1),
});

/**
 * Multi-Krum (Blanchard et al. 2017, section 4): the mean of the m updates that are nearest to their n - f - 2 nearest
 * others. The others are left out, and named.
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function multiKrum(options: z.input<typeof optionsSchema>): Aggregator<ComposedState<null>> {
  const { byzantine, keep } = parseWith(optionsSchema, options, 'aggregator.options');
  return composeAggregator({
    name: 'multi-krum',
    reduce: ({ layout }) => nearest({ layout, element: 'f32' }, byzantine, keep),
    requires: ['individual-updates'],
    provides: [],
    optimizer: addMean,
  });
}

function nearest(form: TensorsForm, f: number, m: number): Reduction {
  const updates: { readonly id: string; readonly values: Float32Array }[] = [];
  return {
    add(update) {
      assertFits(update, form);
      updates.push({ id: update.clientId, values: update.payload.values.slice() as Float32Array });
    },
    finish() {
      const n = updates.length;
      if (n < 2 * f + 3)
        throw new FedwardError('QUORUM_NOT_MET', `multi-krum needs ${2 * f + 3} updates, there are ${n}`, 'quorum');
      const scored = updates.map(({ id, values }) => {
        const others = updates.filter((other) => other.id !== id).map((other) => squaredDistance(values, other.values));
        const near = others.sort((a, b) => a - b).slice(0, n - f - 2);
        return { id, values, score: near.reduce((sum, d) => sum + d, 0) };
      });
      scored.sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1));
      const payload = new Float64Array(form.layout.size);
      for (const { values } of scored.slice(0, m)) values.forEach((x, i) => (payload[i]! += x));
      const leftOut = scored.slice(m).map(({ id, score }) => {
        const distance = Math.sqrt(score / (n - f - 2)).toPrecision(3);
        return { id, reason: `${distance} from its nearest neighbours, further than the ${m} that were kept` };
      });
      return { payload, divisor: Math.min(m, n), count: Math.min(m, n), leftOut };
    },
  };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
}
