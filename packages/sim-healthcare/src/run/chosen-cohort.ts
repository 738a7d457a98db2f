import { FedwardError, type TrainingPlanInput } from '@fedward/core';
import type { Population, ScenarioDefaults } from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';

/**
 * The plan's cohort where options say how many are asked, or how they are chosen. By size: each in proportion to the
 * records of its training part, which the plan then tells everyone.
 *
 * @param priced whether anything is protected: then no number of records may be told
 * @throws {FedwardError} CONFIG_INVALID or CONFIG_INCOMPATIBLE naming the option
 */
export function cohortIn(
  { cohort, select }: Pick<SimulateOptions, 'cohort' | 'select'>,
  defaults: Pick<ScenarioDefaults, 'cohort'>,
  population: Pick<Population, 'ids' | 'hospital'>,
  priced: unknown,
): Pick<TrainingPlanInput, 'cohort'> {
  if (cohort === undefined && select === undefined) return {};
  const size = cohort ?? defaults.cohort;
  if (size === undefined)
    throw new FedwardError('CONFIG_INVALID', '--select: it says how --cohort hospitals are chosen: give that too', '--select'); // prettier-ignore
  if (select === undefined || select === 'uniform') return { cohort: { select: 'uniform', size } };
  // More than there are is for the plan's check to say, as where the choice is uniform.
  if (select === 'cyclic') return { cohort: { select, groups: Math.max(1, Math.ceil(population.ids.length / size)) } };
  if (priced)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      '--select: by-size tells the number of records of each hospital, which no price covers: --select uniform tells none',
      '--select',
    );
  const records = Object.fromEntries(population.ids.map((id) => [id, population.hospital(id).train.count]));
  return { cohort: { select, size, records } };
}
