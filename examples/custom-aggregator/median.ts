import {
  assertFits,
  copyTensors,
  createParameters,
  FedwardError,
  type Aggregator,
  type ElementArray,
  type Parameters,
} from '@fedward/core';

/** Each weight changes by the median of what the hospitals changed in it: one hospital, however wrong, can't move it far. */
export function coordinateMedian(): Aggregator<{ model: Parameters }> {
  return {
    name: 'coordinate-median',
    requires: ['individual-updates'],
    provides: [],
    init: (initial) => ({ model: copyTensors(initial) }),
    parameters: ({ model }) => copyTensors(model),
    instruct: ({ model }) => ({ payload: copyTensors(model), instructions: {} }),
    reduce: ({ model }) => {
      const updates: ElementArray[] = [];
      return {
        add: (update) => {
          assertFits(update, { layout: model.layout, element: 'f32' });
          updates.push(update.payload.values.slice());
        },
        finish: () => {
          if (updates.length === 0) throw new FedwardError('QUORUM_NOT_MET', 'no update arrived');
          const payload = Float64Array.from(model.values, (_, i) => median(updates.map((values) => values[i]!)));
          return { payload, divisor: 1, count: updates.length };
        },
      };
    },
    apply: ({ model: { layout, values } }, { payload }) => ({
      model: createParameters(
        layout,
        values.map((weight, i) => weight + payload[i]!),
      ),
    }),
  };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
