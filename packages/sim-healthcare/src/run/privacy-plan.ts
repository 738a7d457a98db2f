import { didYouMean, FedwardError, type PrivacyUnit, type TrainingPlan, type TrainingPlanInput } from '@fedward/core';
import { accountants, calibrateNoiseMultiplier } from '@fedward/privacy-dp';
import { privacyNames, type PrivacyName, type Scenario, type ScenarioDefaults } from '../scenario/scenario.js';
import { refusePrivacyOptions } from './ignored-options.js';
import type { SimulateOptions } from './options.js';
import { calibrateWholeUpdates, protectsWholeUpdates, wholeUpdateOptions } from './whole-update-privacy.js';

/** How a run is protected: by option, else by the config, else as the scenario is. */
export function privacyOf(scenario: Scenario, options: SimulateOptions, config: Record<string, unknown>): PrivacyName {
  if (options.privacy !== undefined) {
    if (privacyNames.includes(options.privacy)) return options.privacy;
    throw invalid(
      '--privacy',
      `there is no ${options.privacy}; there are ${privacyNames.join(', ')}${didYouMean(options.privacy, privacyNames)}`,
    );
  }
  if (config['privacy'] === undefined) return scenario.privacy;
  const named = (config['privacy'] as { mechanisms?: { name?: string }[] } | null)?.mechanisms?.[0]?.name;
  return privacyNames.find((name) => name === named) ?? 'none';
}

/**
 * Of what the plan's epsilon will speak, told before there is a plan: data are loaded as that demands. Undefined: there
 * is none.
 * @throws {FedwardError} CONFIG_INVALID for a privacy that there is not
 */
export function pricedUnit(scenario: Scenario, options: SimulateOptions): PrivacyUnit | undefined {
  const config = (options.config ?? {}) as { readonly privacy?: { readonly unit?: PrivacyUnit } | null };
  if (options.privacy === undefined && config.privacy !== undefined)
    return config.privacy === null ? undefined : (config.privacy.unit ?? 'record');
  const privacy = privacyOf(scenario, options, {});
  if (privacy === 'none') return undefined;
  return options.unit ?? (protectsWholeUpdates(privacy) ? 'hospital' : 'record');
}

/**
 * The plan's privacy section, from the options and the scenario's defaults.
 * @param plan without it, checked
 * @param hospitals how many there are
 * @throws {FedwardError} CONFIG_INVALID naming the option, CALIBRATION_IMPOSSIBLE
 */
export function privacyPlan(
  privacy: PrivacyName,
  defaults: ScenarioDefaults,
  plan: TrainingPlan,
  hospitals: number,
  options: SimulateOptions,
): TrainingPlanInput['privacy'] {
  if (privacy === 'none') {
    refusePrivacyOptions(options, 'has no meaning with --privacy none');
    return null;
  }
  if (options.epsilon !== undefined && options.delta === undefined)
    throw invalid('--epsilon', 'an epsilon means nothing without its delta: give --delta too');
  if (options.epsilon !== undefined && options.noiseMultiplier !== undefined)
    throw invalid('--noise-multiplier', 'follows from --epsilon: give one of the two');
  if (options.clipQuantile !== undefined && privacy !== 'central')
    throw invalid('--clip-quantile', `${privacy} has a fixed clip norm: the quantile is for central`);
  const delta = options.delta ?? defaults.delta;
  const clipNorm = options.clipNorm ?? defaults.clipNorm;
  if (privacy === 'tutorial-041') {
    if (options.noiseMultiplier !== undefined)
      throw invalid('--noise-multiplier', 'the noise of tutorial-041 follows from the --epsilon that it claims');
    return {
      mechanisms: [{ name: privacy, options: { epsilon: options.epsilon ?? 1, delta, clipNorm } }],
      accountant: options.accountant ?? 'gaussian',
      delta,
      ...(options.unit !== undefined && { unit: options.unit }),
      ...(options.budget !== undefined && { budget: { epsilon: options.budget } }),
    };
  }

  const whole = protectsWholeUpdates(privacy);
  // Gaussian releases without sampling have an exact price.
  const accountant = options.accountant ?? (whole ? 'gaussian' : 'pld');
  if (!Object.hasOwn(accountants, accountant))
    throw invalid(
      '--accountant',
      `there is no ${accountant}; there are ${Object.keys(accountants).join(', ')}${didYouMean(accountant, Object.keys(accountants))}`,
    );
  const budget = options.budget ?? options.epsilon;
  const target = options.epsilon !== undefined && { epsilon: options.epsilon, delta, accountant };
  const noiseMultiplier = target
    ? whole
      ? calibrateWholeUpdates(privacy, plan, target)
      : calibrateSteps(plan, target)
    : (options.noiseMultiplier ?? defaults.noiseMultiplier);
  const own = { clipNorm, noiseMultiplier };
  const unit = options.unit ?? (whole ? 'hospital' : undefined);
  return {
    mechanisms: [{ name: privacy, options: whole ? wholeUpdateOptions(privacy, plan, hospitals, own, options) : own }],
    accountant,
    delta,
    ...(unit !== undefined && { unit }),
    ...(budget !== undefined && { budget: { epsilon: budget } }),
  };
}

/** The least noise for which all steps of all rounds stay within epsilon. */
function calibrateSteps(
  { training: { batches }, rounds }: TrainingPlan,
  { accountant, ...target }: { readonly epsilon: number; readonly delta: number; readonly accountant: string },
): number {
  if (batches.kind !== 'poisson')
    throw invalid('training.batches', 'dp-sgd is priced for Poisson batches only: set kind: poisson');
  return calibrateNoiseMultiplier({
    ...target,
    samplingProbability: batches.probability,
    steps: batches.steps * rounds,
    accountant: accountants[accountant]!,
  });
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${key}: ${why}`, key);
}
