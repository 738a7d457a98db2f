import {
  createLayout,
  createTensors,
  FedwardError,
  parseWith,
  weightedSum,
  type Aggregator,
  type Query,
  type Tensors,
  type TensorsForm,
  type TrainingData,
} from '@fedward/core';
import * as z from 'zod';

const optionsSchema = z.strictObject({ inputs: z.int().min(1) });
type Options = z.input<typeof optionsSchema>;
type Derivatives = { readonly w: Float64Array; readonly step: number | null };

const weights = (inputs: number) => createLayout([{ name: 'weights', shape: [inputs + 1] }]);
const derivatives = (n: number): TensorsForm => ({
  layout: createLayout([{ name: 'gradient', shape: [n] }, { name: 'hessian', shape: [n, n] }]), // prettier-ignore
  element: 'f64',
});

/** Sums over records of the gradient and the Hessian of the logistic loss at the weights that are sent, intercept last. */
export function logisticDerivatives(options: Options): Query<TrainingData> {
  const { inputs } = parseWith(optionsSchema, options, 'query.options');
  const n = inputs + 1;
  const form = derivatives(n);
  return {
    name: 'logistic-derivatives',
    form,
    async answer({ sent, data: { count, features, labels } }) {
      const { layout, values } = createTensors(form);
      const w = sent.values;
      const x = new Float64Array(n).fill(1);
      for (let row = 0; row < count; row++) {
        x.set(features.subarray(row * inputs, (row + 1) * inputs));
        const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * w[i]!, 0)));
        for (let i = 0; i < n; i++) {
          values[i]! += (p - labels[row]!) * x[i]!;
          for (let j = 0; j < n; j++) values[n + i * n + j]! += p * (1 - p) * x[i]! * x[j]!;
        }
      }
      return { layout, values };
    },
  };
}

/** Newton's method on sums of derivatives. It is done once a step moves no weight by more than 1e-10. */
export function newton(options: Options): Aggregator<Derivatives, Tensors> {
  const { inputs } = parseWith(optionsSchema, options, 'aggregator.options');
  const n = inputs + 1;
  const model = (w: Float64Array): Tensors => ({ layout: weights(inputs), values: w });
  return {
    name: 'newton',
    requires: [],
    provides: ['sum-only'],
    init: () => ({ w: new Float64Array(n), step: null }),
    parameters: ({ w }) => model(w.slice()),
    instruct: ({ w }) => ({ payload: model(w), instructions: {}, expects: derivatives(n) }),
    reduce: () => weightedSum(derivatives(n)),
    apply({ w }, { payload }) {
      const step = solve(payload.slice(n), payload.slice(0, n));
      return { w: w.map((x, i) => x - step[i]!), step: Math.max(...step.map(Math.abs)) };
    },
    done: ({ step }) =>
      step !== null && step < 1e-10 ? `the last step moved no weight by more than ${step}` : undefined,
  };
}

/** Solves A x = b for a positive definite A, [n, n], by elimination; both are changed. */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k]!;
    if (!(pivot > 0))
      throw new FedwardError('UPDATE_INVALID', 'the sum of Hessians is not positive definite', 'hessian');
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / pivot;
      for (let j = k; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
      b[i]! -= factor * b[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i]! -= a[i * n + j]! * b[j]!;
    b[i]! /= a[i * n + i]!;
  }
  return b;
}
