import { aggregators as fedavgAggregators } from '@fedward/aggregator-fedavg';
import {
  didYouMean,
  FedwardError,
  Registry,
  type AccountantFactory,
  type Aggregator,
  type LocalTrainer,
  type PrivacyMechanism,
  type TrainingPlan,
} from '@fedward/core';
import { accountants, mechanisms } from '@fedward/privacy-dp';
import { trainerRegistry } from './trainers.js';

export { trainerRegistry };

/** The plugins that a plan may name here. A team with its own registers it. */
export const aggregatorRegistry = new Registry<Aggregator>('aggregator', fedavgAggregators);
/** The same for privacy mechanisms. */
export const mechanismRegistry = new Registry<PrivacyMechanism>('privacy mechanism', mechanisms);

/** The plugins of one plan, made from what it says of them. */
export interface Plugins {
  readonly aggregator: Aggregator;
  readonly mechanisms: readonly PrivacyMechanism[];
  readonly accountant: AccountantFactory | undefined;
  readonly trainer: LocalTrainer;
}

/** @throws {FedwardError} PLUGIN_UNKNOWN or CONFIG_INVALID, naming the key of the plan */
export async function pluginsOf(plan: TrainingPlan): Promise<Plugins> {
  const aggregator = aggregatorRegistry.create(plan.aggregator, 'aggregator');
  const named = (plan.privacy?.mechanisms ?? []).map((reference, i) =>
    mechanismRegistry.create(reference, `privacy.mechanisms.${i}`),
  );
  const accountant = plan.privacy
    ? pick('accountant', 'privacy.accountant', accountants, plan.privacy.accountant)
    : undefined;
  const trainer = await pick('trainer', 'training.trainer', trainerRegistry, plan.training.trainer)();
  trainer.validate?.(plan);
  return { aggregator, mechanisms: named, accountant, trainer };
}

function pick<T>(kind: string, key: string, from: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(from, name))
    throw new FedwardError(
      'PLUGIN_UNKNOWN',
      `${key}: there is no ${kind} named ${name}; installed: ${Object.keys(from).join(', ')}` +
        didYouMean(name, Object.keys(from)),
      key,
    );
  return from[name]!;
}
