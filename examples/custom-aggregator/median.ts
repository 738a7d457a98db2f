import {
  assertFits,
  copyParameters,
  createParameters,
  FedwardError,
  type Aggregator,
  type Parameters,
} from '@fedward/core';

/** The median of each parameter over the hospitals: one hospital, however wrong, can't move it far. */
export function coordinateMedian(): Aggregator<{ model: Parameters }> {
  return {
    name: 'coordinate-median',
    requires: ['individual-updates'],
    provides: [],
    init: (initial) => ({ model: copyParameters(initial) }),
    parameters: ({ model }) => copyParameters(model),
    instruct: ({ model }) => ({ payload: copyParameters(model), instructions: {} }),
    reduce: ({ model }) => {
      const updates: Float32Array[] = [];
      return {
        add: (update) => {
          assertFits(update, model.layout);
          updates.push(copyParameters(update.payload).values);
        },
        finish: () => {
          if (updates.length === 0) throw new FedwardError('QUORUM_NOT_MET', 'no update arrived');
          const payload = Float64Array.from(model.values, (_, i) => median(updates.map((values) => values[i]!)));
          return { payload, divisor: 1, count: updates.length };
        },
      };
    },
    apply: ({ model }, { payload }) => ({ model: createParameters(model.layout, Float32Array.from(payload)) }),
  };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
