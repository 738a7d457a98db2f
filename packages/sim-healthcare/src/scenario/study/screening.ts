import { FedwardError, type PrivacyUnit } from '@fedward/core';
import type { MedicalDataset } from '@fedward/data-medical';
import {
  addToFeatureSums,
  featureSumsForm,
  featureSumsOf,
  fStatistics,
  keepLargest,
  type FeatureSums,
} from '@fedward/models-medical';

/** A hospital whose features are to be chosen from. */
interface Screened {
  readonly train: MedicalDataset;
  readonly test: MedicalDataset;
}

/** What a screening has chosen. */
export interface Screening<H extends Screened> {
  readonly hospitals: readonly H[];
  /** Positions among the features that there were, ascending. */
  readonly features: readonly number[];
  /** What each hospital told the others for it, in words. */
  readonly released: string;
}

/**
 * Keeps the features that differ most between the classes, by the F statistic of all hospitals' training parts together:
 * from counts, sums and sums of squares by class that leave each. Nothing pays for these.
 *
 * @param keep how many; all where there are no more
 * @throws {FedwardError} CONFIG_INCOMPATIBLE under a price of records or patients, and for a label without classes
 */
export function screened<H extends Screened>(
  hospitals: readonly H[],
  keep: number,
  priced: PrivacyUnit | undefined,
): Screening<H> {
  const [first] = hospitals;
  const { classes, featureShape } = first!.train;
  const refuse = (why: string): never => {
    throw new FedwardError('CONFIG_INCOMPATIBLE', `screening: ${why}`, 'screening');
  };
  if (priced === 'record' || priced === 'patient')
    refuse(`the sums that features are chosen by tell of every ${priced}, and no epsilon pays for them: leave it out`);
  if (!classes) refuse('features are chosen by how classes differ, and the label is a value');
  const width = featureShape.reduce((product, n) => product * n, 1);
  const sums = noSums(classes!.length, width);
  for (const { train } of hospitals) addToFeatureSums(sums, train);
  const chosen = keepLargest(fStatistics(sums), keep).sort((a, b) => a - b);
  return {
    hospitals: hospitals.map((hospital) => ({
      ...hospital,
      train: hospital.train.withFeatures(chosen),
      test: hospital.test.withFeatures(chosen),
    })),
    features: chosen,
    released: 'of each class the count, and the sum and the sum of squares of each feature, over its training part',
  };
}

function noSums(classes: number, features: number): FeatureSums {
  return featureSumsOf(new Float64Array(featureSumsForm(classes, features).layout.size), classes, features);
}
