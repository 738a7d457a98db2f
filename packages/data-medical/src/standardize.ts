import { assertThat, parseWith } from '@fedward/core';
import { declaredScaling, featuresOf } from '@fedward/kit-tables';
import * as z from 'zod';
import { MedicalDataset } from './dataset.js';
import { spread } from './describe.js';

const standardizationSchema = z
  .strictObject({
    features: z.array(z.string()).min(1),
    means: z.array(z.number()),
    standardDeviations: z.array(z.number().min(0)),
  })
  .refine(
    ({ features, means, standardDeviations }) =>
      means.length === features.length && standardDeviations.length === features.length,
    { error: 'there must be one mean and one standard deviation a feature' },
  );

/**
 * By what each feature is shifted and divided; features that are left as they are have mean 0 and standard
 * deviation 1. Numbers over patients: to send them away from a site is a release.
 */
export type Standardization = z.output<typeof standardizationSchema>;

/** (x - mean) / standard deviation, feature by feature. */
export interface Standardizer {
  /** @throws {FedwardError} ARGUMENT_INVALID for a data set with other features */
  apply(dataset: MedicalDataset): MedicalDataset;
  toJSON(): Standardization;
}

/**
 * Fits a standardizer on one data set, the train part: a test part has no say in it.
 *
 * One record moves the features of all others by it. What it is applied to says so (`sharedStatistics`), and no site
 * trains on it where records or patients are protected: for that, declare scales in the schema.
 *
 * @param columns `numeric` (default): columns of that kind that declare no scale or range (those are scaled already),
 * coded ones stay 0 and 1; all where there is no schema. `all`: the others too.
 * @returns with sample standard deviations (n - 1). A feature that is constant here becomes 0 wherever it is
 * applied, also for a value that it did not have here: nothing could be learned about it.
 */
export function standardize(
  train: MedicalDataset,
  { columns = 'numeric' }: { readonly columns?: 'numeric' | 'all' } = {},
): Standardizer {
  const features = train.featureNames;
  const asRecorded = train.schema?.flatMap((column) =>
    featuresOf([column]).map(({ kind }) => column.kind === 'numeric' && kind === 'numeric' && !declaredScaling(column)),
  );
  const spreads = features.map((_, i) =>
    columns === 'all' || asRecorded === undefined || asRecorded[i]
      ? spread(train.features, i, features.length)
      : { mean: 0, standardDeviation: 1 },
  );
  const standardization = {
    features: [...features],
    means: spreads.map(({ mean }) => mean),
    standardDeviations: spreads.map(({ standardDeviation }) => standardDeviation),
  };
  return standardizerOf(standardization, 'mean and deviation of records');
}

/**
 * The standardizer that was written down with `toJSON`, or one of constants. Where its numbers came from it can't tell:
 * of what it is applied to, whoever trains under a price of records or patients must know that they are not from these.
 * @throws {FedwardError} CONFIG_INVALID naming the key
 */
export function createStandardizer(json: unknown): Standardizer {
  return standardizerOf(parseWith(standardizationSchema, json, 'the standardization'));
}

function standardizerOf(standardization: Standardization, sharedStatistics?: string): Standardizer {
  const { features: names, means, standardDeviations } = standardization;
  return {
    apply(dataset) {
      const found = dataset.featureNames;
      assertThat(
        found.length === names.length && found.every((name, i) => name === names[i]),
        'features',
        `data set ${dataset.name} does not have the features that the standardizer was fitted on`,
      );
      const features = dataset.features.map((x, i) => {
        const feature = i % names.length;
        const deviation = standardDeviations[feature]!;
        return deviation === 0 ? 0 : (x - means[feature]!) / deviation;
      });
      return new MedicalDataset({ ...dataset, features, ...(sharedStatistics !== undefined && { sharedStatistics }) });
    },
    toJSON: () => standardization,
  };
}
