import { createTensors, FedwardError, type Query, type TrainingData } from '@fedward/core';
import * as z from 'zod';
import { addToFeatureSums, featureSumsForm, featureSumsOf } from './sums.js';

const number = z.number().refine((value) => Number.isFinite(value), 'must be finite');

/** Of `featureSumsQuery`. */
export const featureSumsOptions = z.strictObject({
  classes: z.int().min(2).max(100_000).describe('number of classes that labels have'),
  features: z.int().min(1).max(10_000_000).describe('number of features of a record'),
  centre: z.array(number).readonly().optional().describe('public constants near the values, one a feature; default 0'),
});

/** Of `featureSumsQuery`, as a person writes them. */
export type FeatureSumsOptions = z.input<typeof featureSumsOptions>;

/**
 * Asks each site for the sums that a screening needs: `counts` [classes], `sums` and `squares` [classes, features]. What all
 * sites answer is added up (`fStatistics`, `variances` and `keepLargest` read the sum); a site's own answer tells the means of
 * its classes, so that few records deserve secure aggregation.
 *
 * It has no price: nothing bounds what one record adds, so that a plan with a mechanism that adds noise for records,
 * patients or hospitals is refused.
 */
export function featureSumsQuery({ classes, features, centre }: FeatureSumsOptions): Query<TrainingData> {
  const form = featureSumsForm(classes, features);
  if (centre && centre.length !== features)
    throw new FedwardError(
      'CONFIG_INVALID',
      `query.options.centre has ${centre.length} values for ${features} features`,
      'query.options.centre',
    );
  return {
    name: 'feature-sums',
    form,
    validateData({ count, features: values, labels }) {
      if (values?.length === count * features && labels?.length === count) return;
      throw new FedwardError(
        'DATA_MALFORMED',
        `${count} records need ${features} features and a label each, they have ${values?.length} values and ` +
          `${labels?.length} labels`,
        'data',
      );
    },
    answer: async ({ data }) => {
      const { layout, values } = createTensors(form);
      addToFeatureSums(featureSumsOf(values as Float64Array, classes, features), data, centre);
      return { layout, values };
    },
  };
}
