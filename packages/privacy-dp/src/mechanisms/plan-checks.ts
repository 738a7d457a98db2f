import {
  FedwardError,
  incompatible,
  isTrainingPlan,
  type BatchesSpec,
  type Plan,
  type PrivacyUnit,
  type TrainingPlan,
} from '@fedward/core';

type BatchesOf<K extends BatchesSpec['kind']> = Extract<BatchesSpec, { kind: K }>;

/**
 * The plan, if its work is a training.
 * @param why what the mechanism is about
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the mechanism and `query`
 */
export function requireTraining(plan: Plan, mechanism: string, why: string): TrainingPlan {
  if (isTrainingPlan(plan)) return plan;
  throw incompatible(`${mechanism} ${why}, and the plan's work is the query ${plan.query.name}`, 'query');
}

/**
 * The plan's batches, if they are drawn as the mechanism's price assumes.
 * @param fix what to do about it
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `training.batches.kind`
 */
export function requireBatches<K extends BatchesSpec['kind']>(
  plan: Pick<TrainingPlan, 'training'>,
  kind: K,
  mechanism: string,
  fix: string,
): BatchesOf<K> {
  const { batches } = plan.training;
  if (batches.kind !== kind)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${mechanism} is priced for ${kind} batches, training.batches.kind is ${batches.kind}: ${fix}`,
      'training.batches.kind',
    );
  return batches as BatchesOf<K>;
}

/**
 * A bound for one unit says little about a larger one: a patient has several records, a hospital many patients.
 * @param units those that the mechanism clips and prices
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `privacy.unit`
 */
export function assertUnit({ privacy }: Pick<Plan, 'privacy'>, units: readonly PrivacyUnit[], mechanism: string): void {
  if (!privacy || units.includes(privacy.unit)) return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `${mechanism} clips and prices a ${units.join(' or a ')}, privacy.unit is ${privacy.unit}: more would be said than ` +
      `is protected. Set privacy.unit to ${units.join(' or ')}`,
    'privacy.unit',
  );
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a loss in which one record's part depends on the others */
export function assertSeparateLosses(plan: TrainingPlan, mechanism: string): void {
  if (plan.model.loss !== 'cox') return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `model.loss: ${mechanism} clips each record's gradient, and a record's part of the cox loss depends on the others`,
    'model.loss',
  );
}
