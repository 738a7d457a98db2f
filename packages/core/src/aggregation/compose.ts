import { assertPositive, assertThat } from '../base/assert.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Aggregate, Aggregator, Capability, Reduction, RoundContext } from '../interfaces/aggregator.js';
import { copyTensors, createLayout, createParameters, shapesOf } from '../parameters/parameters.js';
import type { Layout, Parameters, TensorShape } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import type { ServerOptimizer } from './server-optimizer.js';

/** What is kept from round to round: the global model, and what its optimizer needs. */
export type ComposedState<S extends State = State> = {
  readonly tensors: readonly TensorShape[];
  readonly parameters: Float32Array;
  readonly optimizer: S;
};

/** The parts of an aggregator of models. */
export interface Composition<S extends State> {
  readonly name: string;
  /** How updates become one: changes of the model, in its layout and in float32. */
  readonly reduce: (form: { readonly layout: Layout }, context: RoundContext) => Reduction;
  readonly requires: readonly Capability[];
  readonly provides: readonly Capability[];
  /** How that one moves the model. */
  readonly optimizer: ServerOptimizer<S>;
  /** What every client is told in every round. */
  readonly instructions?: JsonObject;
  /** As `Aggregator.strategy`. */
  readonly strategy?: string;
  readonly validate?: (plan: Plan) => void;
  /** As `Aggregator.counts`. */
  readonly counts?: (records: number, id: string) => number;
}

/**
 * An aggregator out of a reduction and a server optimizer. Its `apply` throws ARGUMENT_INVALID for an aggregate
 * that can't be divided or is not of the model's size.
 */
export function composeAggregator<S extends State>(composition: Composition<S>): Aggregator<ComposedState<S>> {
  const { name, requires, provides, optimizer, instructions = {}, strategy, validate, counts } = composition;

  /** A view: for whoever only looks. */
  const modelOf = ({ tensors, parameters: values }: ComposedState<S>): Parameters =>
    createParameters(createLayout(tensors), values);

  return {
    name,
    requires,
    provides,
    ...(strategy !== undefined && { strategy }),
    ...(validate && { validate }),
    ...(counts && { counts }),
    init: ({ layout, values }) => ({
      tensors: shapesOf(layout),
      parameters: values.slice(),
      optimizer: optimizer.init(layout.size),
    }),
    parameters: (state) => copyTensors(modelOf(state)),
    instruct: (state) => ({ payload: modelOf(state), instructions }),
    reduce: ({ tensors }, context) => composition.reduce({ layout: createLayout(tensors) }, context),
    apply(state, aggregate) {
      const change = meanOf(aggregate, state.parameters.length);
      const next = optimizer.step(state.parameters, change, state.optimizer);
      return { tensors: state.tensors, parameters: next.model, optimizer: next.state };
    },
  };
}

/**
 * A sum, divided: [size], a new array.
 * @throws {FedwardError} ARGUMENT_INVALID for a divisor that is not positive, or another number of values
 */
export function meanOf({ payload, divisor }: Aggregate, size: number): Float64Array {
  assertPositive('aggregate.divisor', divisor);
  assertThat(
    payload.length === size,
    'aggregate.payload',
    `the aggregate has ${payload.length} values, the model ${size}`,
  );
  const mean = new Float64Array(size);
  for (let i = 0; i < size; i++) mean[i] = payload[i]! / divisor;
  return mean;
}
