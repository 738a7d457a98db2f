import { assertFits, FedwardError, type Layout, type Reduction } from '@fedward/core';

/**
 * The sum of w_i x_i over updates x_i with weights w_i, in float64, one update at a time: memory is one array of
 * the layout's size, however many updates there are. Divided by the sum of the w_i, which is the divisor, it is
 * the weighted mean.
 *
 * @param layout that of every update
 * @throws {FedwardError} (by `add`) UPDATE_INVALID naming the client, for another layout or a weight that is not
 *   positive and finite: nothing has been added then; (by `finish`) QUORUM_NOT_MET where nothing was added
 */
export function weightedSum(layout: Layout): Reduction {
  const payload = new Float64Array(layout.size);
  let divisor = 0;
  let count = 0;
  return {
    add(update) {
      assertFits(update, layout);
      const { values } = update.payload;
      const { weight } = update;
      addWeighted(payload, weight, values);
      divisor += weight;
      count++;
    },
    finish() {
      if (count === 0) throw new FedwardError('QUORUM_NOT_MET', 'there is no update to take the mean of');
      return { payload, divisor, count };
    },
  };
}

/** Of its own, since V8 compiles a closure's loop anew in each of its first calls: twenty times as slow. */
function addWeighted(sum: Float64Array, weight: number, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += weight * values[i]!;
}
