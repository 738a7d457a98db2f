import { createLayout, createTensors, weightedSum, type Aggregator, type Tensors } from '@fedward/core';
import { formOf, type MyPluginOptions } from './my-plugin.js';

/** The server's half: the sum of what the sites answered in the last round. */
export function myPluginSums(options: MyPluginOptions): Aggregator<Float64Array, Tensors> {
  const form = formOf(options);
  return {
    name: 'my-plugin',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    init: () => new Float64Array(form.layout.size),
    parameters: (values) => ({ layout: form.layout, values: values.slice() }),
    // Nothing is sent. An iteration would send where it stands.
    instruct: () => ({
      payload: createTensors({ ...form, layout: createLayout([]) }),
      instructions: {},
      expects: form,
    }),
    reduce: () => weightedSum(form),
    apply: (_, { payload }) => payload.slice(),
  };
}
