import { plugins as fedavg } from '@fedward/aggregator-fedavg';
import {
  didYouMean,
  FedwardError,
  PluginRegistry,
  type AccountantFactory,
  type Aggregator,
  type LocalTrainer,
  type PrivacyMechanism,
  type SiteStrategy,
  type TrainingPlan,
} from '@fedward/core';
import { plugins as privacy } from '@fedward/privacy-dp';
import { trainerRegistry } from './trainers.js';

export { trainerRegistry };

/** The plugins that a plan may name here, but for trainers. A team adds its own. */
export const pluginRegistry = new PluginRegistry([...fedavg, ...privacy]);

/** The plugins of one plan, made from what it says of them. */
export interface Plugins {
  readonly aggregator: Aggregator;
  /** The aggregator's half at the sites; absent where it relies on core's own. */
  readonly strategy?: SiteStrategy;
  readonly mechanisms: readonly PrivacyMechanism[];
  readonly accountant: AccountantFactory | undefined;
  readonly trainer: LocalTrainer;
}

/** @throws {FedwardError} PLUGIN_UNKNOWN or CONFIG_INVALID, naming the key of the plan */
export async function pluginsOf(plan: TrainingPlan): Promise<Plugins> {
  const { mechanisms = [], accountant } = plan.privacy ?? {};
  const trainer = await trainerOf(plan.training.trainer);
  trainer.validate?.(plan);
  const strategy = pluginRegistry.site(plan.aggregator);
  return {
    aggregator: pluginRegistry.create('aggregator', plan.aggregator),
    ...(strategy && { strategy }),
    mechanisms: mechanisms.map((reference, i) =>
      pluginRegistry.create('mechanism', reference, `privacy.mechanisms.${i}`),
    ),
    accountant:
      accountant === undefined
        ? undefined
        : pluginRegistry.get('accountant', accountant, 'privacy.accountant').create({}, 'privacy.accountant'),
    trainer,
  };
}

async function trainerOf(name: string): Promise<LocalTrainer> {
  if (Object.hasOwn(trainerRegistry, name)) return trainerRegistry[name]!();
  const names = Object.keys(trainerRegistry);
  const key = 'training.trainer';
  const message = `${key}: there is no trainer named ${name}; installed: ${names.join(', ')}${didYouMean(name, names)}`;
  throw new FedwardError('PLUGIN_UNKNOWN', message, key);
}
