import type {
  AccountantFactory,
  Aggregator,
  Collector,
  Compression,
  LocalTrainer,
  PrivacyMechanism,
  SiteStrategy,
  TrainingPlan,
} from '@fedward/core';
import type { InstalledPlugins } from '../plugins/installed.js';

/** The plugins of one plan, made from what it says of them. */
export interface Plugins {
  readonly aggregator: Aggregator;
  /** The aggregator's half at the sites; absent where it relies on core's own. */
  readonly strategy?: SiteStrategy;
  readonly mechanisms: readonly PrivacyMechanism[];
  readonly accountant: AccountantFactory | undefined;
  /** When a round has enough, where the plan says so. */
  readonly collector?: Collector;
  /** How updates are made smaller on their way, where the plan says so. */
  readonly compression?: Compression;
  readonly trainer: LocalTrainer;
}

/** @throws {FedwardError} PLUGIN_UNKNOWN or CONFIG_INVALID, naming the key of the plan */
export async function pluginsOf(plan: TrainingPlan, installed: InstalledPlugins): Promise<Plugins> {
  const { mechanisms = [], accountant } = plan.privacy ?? {};
  const trainer = await installed
    .get('trainer', plan.training.trainer, 'training.trainer')
    .create(installed.trainerOptions, 'trainer.options');
  trainer.validate?.(plan);
  const strategy = installed.site(plan.aggregator);
  return {
    aggregator: installed.create('aggregator', plan.aggregator),
    ...(strategy && { strategy }),
    ...(plan.collector && { collector: installed.create('collector', plan.collector) }),
    ...(plan.compression && { compression: installed.create('compression', plan.compression) }),
    mechanisms: mechanisms.map((reference, i) => installed.create('mechanism', reference, `privacy.mechanisms.${i}`)),
    accountant:
      accountant === undefined
        ? undefined
        : installed.get('accountant', accountant, 'privacy.accountant').create({}, 'privacy.accountant'),
    trainer,
  };
}
