import { FedwardError } from '../base/errors.js';
import type { Reduction } from '../interfaces/aggregator.js';
import { elementOf, type ElementArray, type TensorsForm } from '../parameters/parameters.js';
import { assertFits } from './fits.js';

/**
 * The sum of w_i x_i over updates x_i with weights w_i, in float64, one update at a time: memory is one array of
 * the layout's size, however many updates there are. Divided by the sum of the w_i, which is the divisor, it is
 * the weighted mean. Sums of `u32` words with weights of 1 are exact for up to 2^21 updates.
 *
 * @param expected the form of the updates. What the plan's mechanisms made of it, such as masked words, is summed as well
 * @throws {FedwardError} (by `add`) UPDATE_INVALID naming the client, for another layout or a weight that is not
 *   positive and finite: nothing has been added then; (by `finish`) QUORUM_NOT_MET where nothing was added
 */
export function weightedSum({ layout }: Pick<TensorsForm, 'layout'>): Reduction {
  const payload = new Float64Array(layout.size);
  let divisor = 0;
  let count = 0;
  return {
    add(update) {
      assertFits(update, { layout, element: elementOf(update.payload.values) });
      addWeighted(payload, update.weight, update.payload.values);
      divisor += update.weight;
      count++;
    },
    finish() {
      if (count === 0) throw new FedwardError('QUORUM_NOT_MET', 'there is no update to take the mean of');
      return { payload, divisor, count };
    },
  };
}

/** Of its own, since V8 compiles a closure's loop anew in each of its first calls: twenty times as slow. */
function addWeighted(sum: Float64Array, weight: number, values: ElementArray): void {
  if (values instanceof Float32Array) for (let i = 0; i < sum.length; i++) sum[i]! += weight * values[i]!;
  else addOther(sum, weight, values);
}

function addOther(sum: Float64Array, weight: number, values: ElementArray): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += weight * values[i]!;
}
