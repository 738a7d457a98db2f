import {
  createLayout,
  createParameters,
  FedwardError,
  incompatible,
  isTrainingPlan,
  sameLayout,
  type Aggregator,
  type Update,
  type Parameters,
  type Reduction,
} from '@fedward/core';

export type MeanState = {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly values: Float32Array;
};
type MeanAggregator = Aggregator<MeanState>;

/** A correct weighted mean of changes, as small as it can be. */
export function referenceAggregator(): MeanAggregator {
  const parameters = ({ tensors, values }: MeanState): Parameters =>
    createParameters(createLayout(tensors), values.slice());
  return {
    name: 'reference',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity', 'stale-updates'],
    validate(plan) {
      if (!isTrainingPlan(plan)) throw incompatible('it moves models, and the plan trains none', 'query');
    },
    init: ({ layout, values }) => ({
      tensors: layout.tensors.map(({ name, shape }) => ({ name, shape })),
      values: values.slice(),
    }),
    parameters,
    instruct: (state) => ({ payload: parameters(state), instructions: {} }),
    reduce: (state) => new Mean(parameters(state)),
    apply: (state, { payload, divisor }) => ({
      ...state,
      values: state.values.map((w, i) => w + payload[i]! / divisor),
    }),
    done: ({ values }) => (values.every((w) => Math.abs(w) < 100) ? undefined : 'the model has left the region'),
  };
}

export class Mean implements Reduction {
  readonly sum: Float64Array | Float32Array;
  divisor = 0;
  count = 0;

  constructor(readonly model: Parameters) {
    this.sum = new Float64Array(model.layout.size);
  }

  add(update: Update): void {
    this.checkWeight(update);
    this.assertLayout(update);
    this.take(update);
  }

  checkWeight({ clientId, weight }: Update): void {
    if (!(weight > 0 && weight < Infinity)) throw new FedwardError('UPDATE_INVALID', `weight ${weight}`, clientId);
  }

  assertLayout({ clientId, payload: { layout, values } }: Update): void {
    if (!sameLayout(layout, this.model.layout) || values.length !== layout.size)
      throw new FedwardError('UPDATE_INVALID', 'another layout', clientId);
  }

  take({ payload, weight }: Update): void {
    payload.values.forEach((x, i) => (this.sum[i]! += weight * x));
    this.divisor += weight;
    this.count++;
  }

  finish(): ReturnType<Reduction['finish']> {
    if (this.count === 0) throw new FedwardError('QUORUM_NOT_MET', 'no updates');
    return { payload: Float64Array.from(this.sum), divisor: this.divisor, count: this.count };
  }
}

/** The reference with another reduction. */
export const reducing =
  (reduction: new (model: Parameters) => Reduction): (() => MeanAggregator) =>
  () => {
    const reference = referenceAggregator();
    return { ...reference, reduce: (state) => new reduction(reference.parameters(state)) };
  };

/** The reference with other members. */
export const changed =
  (change: (reference: MeanAggregator) => Partial<MeanAggregator>): (() => MeanAggregator) =>
  () => {
    const reference = referenceAggregator();
    return { ...reference, ...change(reference) };
  };
