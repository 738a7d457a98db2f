import type { TrainingPlan } from '@fedward/core';
import { capsShares } from '../plugins/catalogue.js';
import { isPriced } from './declared-evaluation.js';

/**
 * What a plan's aggregator does that a reader of the result would not see otherwise, in sentences.
 * @param personal whether it makes personal models
 */
export function strategyNotices(
  { aggregator, privacy }: Pick<TrainingPlan, 'aggregator' | 'privacy'>,
  personal: boolean,
): string[] {
  const { name, options = {} } = aggregator;
  return [
    ...(personal && isPriced({ privacy })
      ? [
          `Personal models of ${name} are neither written nor compared here: no epsilon pays for what they tell. With --privacy none they are.`,
        ]
      : []),
    ...(name === capsShares && 'records' in options
      ? [
          'The plan tells all hospitals how many records each trains on (aggregator.options.records), and none counts with more.',
        ]
      : []),
  ];
}
