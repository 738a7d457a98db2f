import type { JsonObject, TrainingPlan, TrainingPlanInput } from '@fedward/core';
import { accountants, calibrateNoiseMultiplier } from '@fedward/privacy-dp';
import type { PrivacyName, ScenarioDefaults } from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';

/** Mechanisms that protect a hospital's whole update: at the server, or before it leaves. */
export const wholeUpdateNames = ['central', 'local', 'dp-ftrl'] as const satisfies readonly PrivacyName[];
export type WholeUpdateName = (typeof wholeUpdateNames)[number];

export function protectsWholeUpdates(privacy: PrivacyName): privacy is WholeUpdateName {
  return wholeUpdateNames.some((name) => name === privacy);
}

/** Groups that hospitals take turns in under dp-ftrl, where a scenario does not say how many it asks in a round. */
const turns = 5;
/** More bands than this hold more models in memory for little less noise. */
const mostBands = 16;

/** Who is asked in a round unless the caller says otherwise. Correlated noise pays where hospitals take turns. */
export function defaultCohort(
  privacy: PrivacyName,
  { cohort }: ScenarioDefaults,
  hospitals: number,
): TrainingPlanInput['cohort'] {
  if (privacy === 'dp-ftrl') {
    const groups = cohort === undefined ? Math.min(turns, hospitals) : Math.ceil(hospitals / cohort);
    return { select: 'cyclic', groups: Math.max(1, groups) };
  }
  return cohort === undefined ? undefined : { select: 'uniform', size: Math.min(cohort, hospitals) };
}

/**
 * The options of such a mechanism.
 * @param plan without privacy, checked
 * @throws {FedwardError} CALIBRATION_IMPOSSIBLE
 */
export function wholeUpdateOptions(
  privacy: WholeUpdateName,
  { cohort, rounds }: TrainingPlan,
  hospitals: number,
  given: { readonly clipNorm: number; readonly noiseMultiplier: number },
  { clipQuantile }: SimulateOptions,
): JsonObject {
  const { clipNorm, noiseMultiplier } = given;
  const expectedClients = Math.max(1, expected(cohort, hospitals));
  if (privacy === 'local') return { clipNorm, noiseMultiplier };
  if (privacy === 'central') {
    const adaptive = clipQuantile !== undefined && { adaptive: { quantile: clipQuantile } };
    return { clipNorm, noiseMultiplier, expectedClients, ...adaptive };
  }
  const groups = cohort.select === 'cyclic' ? cohort.groups : 1;
  return { clipNorm, noiseMultiplier, expectedClients, bands: Math.min(groups, rounds, mostBands) };
}

/** The least noise multiplier for which no hospital passes epsilon, asked in every round that it may be. */
export function calibrateWholeUpdates(
  privacy: WholeUpdateName,
  { cohort, rounds }: TrainingPlan,
  target: { readonly epsilon: number; readonly delta: number; readonly accountant: string },
): number {
  // The noise multiplier of dp-ftrl is that of the whole run.
  const perHospital = cohort.select === 'cyclic' ? Math.ceil(rounds / cohort.groups) : rounds;
  const noiseMultiplier = calibrateNoiseMultiplier({
    ...target,
    samplingProbability: 1,
    steps: privacy === 'dp-ftrl' ? 1 : perHospital,
    accountant: accountants[target.accountant]!,
  });
  // Its rounds are charged one by one, and what they add up to is rounded.
  return privacy === 'dp-ftrl' ? noiseMultiplier * (1 + 1e-9) : noiseMultiplier;
}

/** How many hospitals a round asks. */
function expected(cohort: TrainingPlan['cohort'], hospitals: number): number {
  if (cohort.select === 'uniform') return cohort.size;
  return cohort.select === 'cyclic' ? hospitals / cohort.groups : hospitals;
}
