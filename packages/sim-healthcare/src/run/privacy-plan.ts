import {
  didYouMean,
  FedwardError,
  type MechanismDraft,
  type PrivacyUnit,
  type TrainingPlan,
  type TrainingPlanInput,
} from '@fedward/core';
import type { InstalledPlugins } from '../plugins/installed.js';
import type { PrivacyNeeds, Scenario, ScenarioDefaults } from '../scenario/scenario.js';
import type { SimulateOptions } from './options.js';
import { setAt } from './set-keys.js';

/** How a run is protected: by which mechanism, and what that needs. Null: by none. */
export interface Protected {
  readonly name: string;
  readonly needs: PrivacyNeeds | null;
}

/** By option, else by the config, else as the scenario is. @throws {FedwardError} CONFIG_INVALID for one that there is not */
export function privacyOf(
  scenario: Scenario,
  { privacy, config, plugins = [] }: SimulateOptions,
  installed: InstalledPlugins,
): Protected | null {
  const mechanisms = installed.of('mechanism');
  const chosen = (name: string | null | undefined): Protected | null => {
    const mechanism = mechanisms.find((each) => each.name === name);
    return mechanism ? { name: mechanism.name, needs: mechanism.draft ?? null } : null;
  };
  if (privacy !== undefined) {
    if (privacy === 'none') return null;
    // A plugin of a team's own may leave it to its user to write the options.
    const own = new Set(plugins.flatMap((team) => team.plugins.map(({ name }) => name)));
    const offered = mechanisms.filter(({ name, draft }) => draft ?? own.has(name)).map(({ name }) => name);
    if (offered.includes(privacy)) return chosen(privacy);
    const names = ['none', ...offered];
    throw invalid('--privacy', `there is no ${privacy}; there are ${names.join(', ')}${didYouMean(privacy, names)}`);
  }
  const configured = (config as { privacy?: { mechanisms?: { name?: string }[] } | null } | undefined)?.privacy;
  return configured === undefined ? chosen(scenario.privacy) : chosen(configured?.mechanisms?.[0]?.name);
}

/**
 * Of what the plan's epsilon will speak, told before there is a plan: data are loaded as that demands. Undefined: there
 * is none.
 */
export function pricedUnit(
  privacy: Protected | null,
  { config, set = {}, ...options }: SimulateOptions,
): PrivacyUnit | undefined {
  const told = setAt(set, 'privacy.unit') as PrivacyUnit | undefined;
  type Section = { readonly unit?: PrivacyUnit; readonly delta?: number } | null;
  const configured = (config as { readonly privacy?: Section } | undefined)?.privacy;
  const delta = setAt(set, 'privacy.delta');
  if (options.privacy === undefined && configured !== undefined)
    return (delta ?? configured?.delta) === undefined ? undefined : (told ?? configured?.unit ?? 'record');
  if (!privacy) return delta === undefined ? undefined : (told ?? 'record');
  return told ?? options.unit ?? privacy.needs?.unit ?? 'record';
}

/**
 * The plan's privacy section, from the options and the scenario's defaults.
 * @param plan without it, checked
 * @param population number of hospitals
 * @throws {FedwardError} CONFIG_INVALID naming the option, CALIBRATION_IMPOSSIBLE
 */
export function privacyPlan(
  { name }: Protected,
  defaults: ScenarioDefaults,
  plan: TrainingPlan,
  population: number,
  options: SimulateOptions,
  installed: InstalledPlugins,
): TrainingPlanInput['privacy'] {
  const { epsilon } = options;
  const { draft } = installed.get('mechanism', name, '--privacy');
  if (epsilon !== undefined && options.delta === undefined)
    throw invalid('--epsilon', 'an epsilon means nothing without its delta: give --delta too');
  if (options.noiseMultiplier !== undefined && draft?.claims)
    throw invalid('--noise-multiplier', `the noise of ${name} follows from the --epsilon that it claims`);
  if (options.noiseMultiplier !== undefined && epsilon !== undefined)
    throw invalid('--noise-multiplier', 'follows from --epsilon: give one of the two');
  const delta = options.delta ?? defaults.delta;
  const accountant = options.accountant ?? draft?.accountant;
  const budget = options.budget ?? (draft?.claims ? undefined : epsilon);
  const unit = options.unit ?? (draft && draft.unit !== 'record' ? draft.unit : undefined);
  const settings = { plan, population, delta, clipNorm: options.clipNorm ?? defaults.clipNorm };
  return {
    mechanisms: [
      { name, options: draft ? draft.options({ ...settings, ...noiseOf(draft, accountant!) }) : withoutDraft() },
    ],
    ...(accountant !== undefined && { accountant }),
    delta,
    ...(unit !== undefined && { unit }),
    ...(budget !== undefined && { budget: { epsilon: budget } }),
  };

  function noiseOf({ claims }: MechanismDraft, accountant: string) {
    const factory = installed.get('accountant', accountant, '--accountant').create({});
    if (epsilon !== undefined) return { target: { epsilon, accountant: factory } };
    return claims ? {} : { noiseMultiplier: options.noiseMultiplier ?? defaults.noiseMultiplier };
  }

  /** Its options are for its user to write. */
  function withoutDraft(): Record<string, never> {
    for (const [given, flag] of [
      [epsilon, '--epsilon'],
      [options.noiseMultiplier, '--noise-multiplier'],
      [options.clipNorm, '--clip-norm'],
    ] as const)
      if (given !== undefined)
        throw invalid(flag, `${name} does not say what to make of it: --set privacy.mechanisms.0.options.KEY=VALUE`);
    return {};
  }
}

function invalid(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${key}: ${why}`, key);
}
