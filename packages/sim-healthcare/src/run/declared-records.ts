import type { TrainingPlan } from '@fedward/core';
import { capsShares } from '../plugins/catalogue.js';
import type { Hospital, Population } from '../scenario/scenario.js';

/**
 * The plan, with how many records each hospital trains on told to all of them, where the aggregator caps shares by that: no
 * hospital can then count with more than it has. As it is where someone has said how records count, where anything is
 * protected or only sums are learned, which no number of records goes with, and where hospitals are too many to list; each
 * hospital counts once there.
 */
export function withDeclaredRecords(
  plan: TrainingPlan,
  population: Pick<Population, 'ids' | 'hospital' | 'tabulated'>,
): TrainingPlan {
  const { name, options = {} } = plan.aggregator;
  if (name !== capsShares || 'records' in options || 'mostRecords' in options) return plan;
  if ((plan.privacy?.mechanisms.length ?? 0) > 0 || !population.tabulated) return plan;
  const records = Object.fromEntries(population.ids.map((id) => [id, population.hospital(id).train.count]));
  return { ...plan, aggregator: { name, options: { ...options, records } } };
}

/** The same among the hospitals of a fold: who is not there takes no share of it, and nobody has more records than it has there. */
export function recordsAmong(
  aggregator: TrainingPlan['aggregator'],
  training: readonly Pick<Hospital, 'id' | 'train'>[],
): TrainingPlan['aggregator'] {
  const declared = aggregator.options?.['records'];
  if (aggregator.name !== capsShares || typeof declared !== 'object' || declared === null) return aggregator;
  const here = training.flatMap(({ id, train }) => {
    const own = (declared as Readonly<Record<string, number>>)[id];
    return own === undefined ? [] : [[id, Math.min(own, train.count)] as const];
  });
  return { ...aggregator, options: { ...aggregator.options, records: Object.fromEntries(here) } };
}
