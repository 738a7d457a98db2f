import { FedwardError, type BatchesSpec, type TrainingPlan } from '@fedward/core';

type BatchesOf<K extends BatchesSpec['kind']> = Extract<BatchesSpec, { kind: K }>;

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
 * A bound for one record says little about a patient with several.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming `privacy.unit`
 */
export function requireRecordUnit(plan: Pick<TrainingPlan, 'privacy'>, mechanism: string): void {
  if (plan.privacy && plan.privacy.unit !== 'record')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${mechanism} clips, samples and prices single records, privacy.unit is ${plan.privacy.unit}: a patient with ` +
        `several records would be protected less than is said. Set privacy.unit to record, or give each patient one record`,
      'privacy.unit',
    );
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a loss in which one record's part depends on the others */
export function requireSeparateLosses(plan: TrainingPlan, mechanism: string): void {
  if (plan.model.loss !== 'cox') return;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `model.loss: ${mechanism} clips each record's gradient, and a record's part of the cox loss depends on the others`,
    'model.loss',
  );
}
