import { createStandardizer, type Standardizer } from '../standardize.js';

/**
 * A usual value and a usual distance from it, chosen from what is known of patients in general and not from these: the age
 * at which a coronary disease is looked for; blood pressure and cholesterol that are called normal (120 mmHg, 200
 * mg/dl); the heart rate that a person of fifty is expected to reach under stress, 85 % of 220 less the age; an ST
 * depression of 1 mm, from which on a stress test is called positive.
 */
const usual: Readonly<Record<string, readonly [value: number, distance: number]>> = {
  age: [50, 10],
  trestbps: [120, 20],
  chol: [200, 100],
  thalach: [145, 25],
  oldpeak: [1, 1],
};

/**
 * Standardises by public constants: nothing of it is computed from patients, so that there is nothing to pay for. Coded
 * features stay 0 and 1.
 */
export function publicStandardization(features: readonly string[]): Standardizer {
  const of = features.map((name) => usual[name] ?? [0, 1]);
  return createStandardizer({
    features: [...features],
    means: of.map(([value]) => value),
    standardDeviations: of.map(([, distance]) => distance),
  });
}
