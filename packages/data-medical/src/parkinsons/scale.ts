import { MedicalDataset } from '../dataset.js';
import { measures, type Measure } from './measures.js';

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
