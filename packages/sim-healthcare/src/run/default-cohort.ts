import type { TrainingPlanInput } from '@fedward/core';
import type { PrivacyNeeds, ScenarioDefaults } from '../scenario/scenario.js';

/** Groups that hospitals take turns in, where a scenario does not say how many it asks in a round. */
const turns = 5;

/** Who is asked in a round unless the caller says otherwise. Correlated noise pays where hospitals take turns. */
export function defaultCohort(
  needs: PrivacyNeeds | null,
  { cohort }: ScenarioDefaults,
  hospitals: number,
): TrainingPlanInput['cohort'] {
  if (needs?.cohort === 'cyclic') {
    const groups = cohort === undefined ? Math.min(turns, hospitals) : Math.ceil(hospitals / cohort);
    return { select: 'cyclic', groups: Math.max(1, groups) };
  }
  return cohort === undefined ? undefined : { select: 'uniform', size: Math.min(cohort, hospitals) };
}
