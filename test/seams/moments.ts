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

/** A column with the public bounds that its values are cut to. */
const columnSchema = z.strictObject({ name: z.string(), lower: z.number(), upper: z.number() });
const optionsSchema = z.strictObject({ columns: z.array(columnSchema).min(1) });

/** Of `moments`. */
export type MomentsOptions = z.input<typeof optionsSchema>;

const formOf = ({ columns }: MomentsOptions): TensorsForm => ({
  layout: createLayout(['count', 'sum', 'squares'].map((name) => ({ name, shape: [columns.length] }))),
  element: 'f64',
});

/** How many values of each column there are (a NaN is missing), their sum and their sum of squares, scaled into [-1, 1]. */
export function moments(options: MomentsOptions): Query<TrainingData> {
  const { columns } = parseWith(optionsSchema, options, 'query.options');
  const form = formOf({ columns });
  const width = columns.length;
  return {
    name: 'moments',
    form,
    // A record adds at most 1 to each of the three sums of each column. Of a patient's records nothing is known.
    sensitivity: (unit) => (unit === 'record' ? Math.sqrt(3 * width) : undefined),
    validateData({ featureShape }) {
      if (featureShape.length === 1 && featureShape[0] === width) return;
      throw new FedwardError('DATA_MALFORMED', `records have the shape [${featureShape}], not [${width}]`, 'data');
    },
    async answer({ data: { count, features } }) {
      const { layout, values } = createTensors(form);
      for (let row = 0; row < count; row++)
        columns.forEach(({ lower, upper }, j) => {
          const value = features[row * width + j]!;
          if (Number.isNaN(value)) return;
          const x = Math.min(1, Math.max(-1, (2 * (value - lower)) / (upper - lower) - 1));
          values[j]! += 1;
          values[width + j]! += x;
          values[2 * width + j]! += x * x;
        });
      return { layout, values };
    },
  };
}

/** Sums of what the sites answered, once. */
export function sums(form: TensorsForm): Aggregator<Float64Array, Tensors> {
  return {
    name: 'sums',
    requires: [],
    provides: ['sum-only', 'bounded-sensitivity'],
    init: () => new Float64Array(form.layout.size),
    parameters: (values) => ({ layout: form.layout, values: values.slice() }),
    instruct: () => ({
      payload: createTensors({ layout: createLayout([]), element: 'f64' }),
      instructions: {},
      expects: form,
    }),
    reduce: () => weightedSum(form),
    apply: (_, { payload }) => payload.slice(),
  };
}

/** What the sums say of each column: [-1, 1] is scaled back. */
export function statisticsOf({ values }: Tensors, { columns }: MomentsOptions) {
  const width = columns.length;
  return columns.map(({ name, lower, upper }, j) => {
    const [count, half] = [values[j]!, (upper - lower) / 2];
    const mean = values[width + j]! / count;
    const variance = (values[2 * width + j]! / count - mean * mean) * half * half;
    return { name, count, mean: lower + (mean + 1) * half, variance };
  });
}
