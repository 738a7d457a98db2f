import { FedwardError, type MechanismDraft, type PrivacySettings, type TrainingPlan } from '@fedward/core';
import { calibrateNoiseMultiplier } from '../accounting/index.js';

/** More bands than this hold more models in memory for little less noise. */
const mostBands = 16;

/** Epsilon of the teaching mechanism unless it is told another: the tutorial's own. */
const claimedByDefault = 1;

/** How each mechanism of this package is written into a plan, by its name. */
export const drafts = {
  'dp-sgd': {
    unit: 'record',
    batches: 'poisson',
    accountant: 'pld',
    options: (settings) => ({ clipNorm: settings.clipNorm, noiseMultiplier: noiseOf(settings, noiseForSteps) }),
  },
  central: {
    unit: 'hospital',
    accountant: 'gaussian',
    options: (settings) => ({
      clipNorm: settings.clipNorm,
      noiseMultiplier: noiseOf(settings, noiseForRounds),
      expectedClients: expectedClients(settings),
    }),
  },
  local: {
    unit: 'hospital',
    accountant: 'gaussian',
    options: (settings) => ({ clipNorm: settings.clipNorm, noiseMultiplier: noiseOf(settings, noiseForRounds) }),
  },
  'dp-ftrl': {
    unit: 'hospital',
    cohort: 'cyclic',
    accountant: 'gaussian',
    options: (settings) => ({
      clipNorm: settings.clipNorm,
      noiseMultiplier: noiseOf(settings, noiseForRun),
      expectedClients: expectedClients(settings),
      bands: Math.min(turnsOf(settings.plan), settings.plan.rounds, mostBands),
    }),
  },
  'tutorial-041': {
    unit: 'record',
    batches: 'shuffle',
    accountant: 'gaussian',
    claims: true,
    options: ({ clipNorm, delta, target }) => ({ epsilon: target?.epsilon ?? claimedByDefault, delta, clipNorm }),
  },
} satisfies Readonly<Record<string, MechanismDraft>>;

type Target = NonNullable<PrivacySettings['target']> & { readonly delta: number };

/** What was given, or the least that stays within the target. */
function noiseOf(
  { noiseMultiplier, target, delta, plan }: PrivacySettings,
  least: (plan: TrainingPlan, target: Target) => number,
): number {
  if (target) return least(plan, { ...target, delta });
  if (noiseMultiplier !== undefined) return noiseMultiplier;
  throw new FedwardError(
    'CONFIG_INVALID',
    'noiseMultiplier: give the noise, or an epsilon to reach',
    'noiseMultiplier',
  );
}

/** All steps of all rounds, at a site that is asked in each. */
function noiseForSteps({ training: { batches }, rounds }: TrainingPlan, target: Target): number {
  if (batches.kind !== 'poisson')
    throw new FedwardError(
      'CONFIG_INVALID',
      'training.batches: only steps on Poisson batches have a price: set kind: poisson',
      'training.batches',
    );
  const { probability: samplingProbability, steps } = batches;
  return calibrateNoiseMultiplier({ ...target, samplingProbability, steps: steps * rounds });
}

/** One release a round, of a site asked in each round that it may be. */
function noiseForRounds(plan: TrainingPlan, target: Target): number {
  return calibrateNoiseMultiplier({
    ...target,
    samplingProbability: 1,
    steps: Math.ceil(plan.rounds / turnsOf(plan)),
  });
}

/** The noise multiplier is that of the whole run. Its rounds are charged one by one, and their sum is rounded. */
function noiseForRun(_plan: TrainingPlan, target: Target): number {
  return calibrateNoiseMultiplier({ ...target, samplingProbability: 1, steps: 1 }) * (1 + 1e-9);
}

/** How many rounds pass from one turn of a site to its next, where sites take turns. */
function turnsOf({ cohort }: TrainingPlan): number {
  return cohort.select === 'cyclic' ? cohort.groups : 1;
}

/** How many sites a round asks: the public divisor of their sum. */
function expectedClients({ plan: { cohort }, population }: PrivacySettings): number {
  if ('size' in cohort) return Math.max(1, cohort.size);
  return Math.max(1, population / turnsOf({ cohort } as TrainingPlan));
}
