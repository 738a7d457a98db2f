import {
  assertPositive,
  assertThat,
  createLayout,
  createParameters,
  type Aggregator,
  type Capability,
  type JsonObject,
  type Layout,
  type Parameters,
  type Reduction,
  type State,
} from '@fedward/core';
import type { ServerOptimizer } from './server-optimizer.js';

/** What is kept from round to round: the global model, and what its optimizer needs. */
export type ComposedState<S extends State = State> = {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly parameters: Float32Array;
  readonly optimizer: S;
};

/** The parts of an aggregator. */
export interface Composition<S extends State> {
  readonly name: string;
  /** How updates become one. Sent and reduced is the model, as it is. */
  readonly reduce: (layout: Layout) => Reduction;
  readonly requires: readonly Capability[];
  readonly provides: readonly Capability[];
  /** How that one moves the model. */
  readonly optimizer: ServerOptimizer<S>;
  /** What every client is told in every round. */
  readonly instructions?: JsonObject;
}

/**
 * An aggregator out of a reduction and a server optimizer. Its `apply` throws ARGUMENT_INVALID for an aggregate
 * that can't be divided or is not of the model's size.
 */
export function composeAggregator<S extends State>(composition: Composition<S>): Aggregator<ComposedState<S>> {
  const { name, requires, provides, optimizer, instructions = {} } = composition;

  const parameters = ({ tensors, parameters: values }: ComposedState<S>): Parameters =>
    createParameters(createLayout(tensors), values);

  return {
    name,
    requires,
    provides,
    init: ({ layout, values }) => ({
      tensors: layout.tensors.map((tensor) => ({ name: tensor.name, shape: [...tensor.shape] })),
      parameters: values.slice(),
      optimizer: optimizer.init(layout.size),
    }),
    parameters,
    instruct: (state) => ({ payload: parameters(state), instructions }),
    reduce: ({ tensors }) => composition.reduce(createLayout(tensors)),
    apply(state, { payload, divisor }) {
      assertPositive('aggregate.divisor', divisor);
      assertThat(
        payload.length === state.parameters.length,
        'aggregate.payload',
        `the aggregate has ${payload.length} values, the model ${state.parameters.length}`,
      );
      const mean = payload.map((sum) => sum / divisor);
      const next = optimizer.step(state.parameters, mean, state.optimizer);
      return { tensors: state.tensors, parameters: next.model, optimizer: next.state };
    },
  };
}
