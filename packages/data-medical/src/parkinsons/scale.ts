import { parseWith } from '@fedward/core';
import { tableSchema } from '@fedward/kit-tables';
import { MedicalDataset } from '../dataset.js';
import { preprocessingSchema, type Preprocessing } from '../study/preprocessing.js';
import { measures, type Measure } from './measures.js';
import { parkinsonsSchema, type ParkinsonsTarget } from './schema.js';

/** No feature is further from 0 than this, whatever was recorded. */
export const largestFeature = 3;

/**
 * The features by public constants: `(value - center) / spread`, or `log2(value / center) / spread`, cut at +-3.
 *
 * Nothing of it is computed from patients. A mean and a standard deviation would be: to train on features that were
 * standardised by them is to release them, and a privacy budget would have to pay for that.
 *
 * @param dataset with the columns of `measures`, in their order
 */
export function scaleByConstants(dataset: MedicalDataset): MedicalDataset {
  const features = dataset.features.map((value, i) => scaled(value, measures[i % measures.length]!));
  return new MedicalDataset({ ...dataset, features });
}

function scaled(value: number, { of, center, spread }: Measure): number {
  // No logarithm: as small as can be.
  if (of === 'log2' && value <= 0) return -largestFeature;
  const distance = of === 'log2' ? Math.log2(value / center) : value - center;
  return Math.min(largestFeature, Math.max(-largestFeature, distance / spread));
}

/**
 * The same as what is done to a record that was read, for records that come later: computed in float64 from what is
 * recorded, and so within a rounding of float32 of `scaleByConstants`, whose numbers were float32 before.
 */
export function parkinsonsPreprocessing(target: ParkinsonsTarget): Preprocessing {
  const schema = parkinsonsSchema(target);
  const columns = schema.columns.map((column, i) =>
    measures[i]!.of === 'log2'
      ? { ...column, transform: 'log2' as const, allowed: [smallest, largest] as const, outside: 'cut' as const }
      : column,
  );
  return parseWith(
    preprocessingSchema,
    {
      ...{ schemaVersion: 1, fittedOn: 'nothing', imputation: null, features: null },
      schema: parseWith(tableSchema, { ...schema, columns }, "the Parkinson's telemonitoring schema"),
      scalings: measures.map(({ name, of, center, spread }) =>
        name === 'sex' ? null : { center: of === 'log2' ? Math.log2(center) : center, spread, limit: largestFeature },
      ),
    },
    'the preprocessing',
  );
}

/** Of a number below there is no logarithm that would not be cut; of one above neither. */
const [smallest, largest] = [1e-12, 1e12];
