import { FedwardError } from '../base/errors.js';
import type { ClientContext, TrainingData } from '../interfaces/trainer.js';

/**
 * Whom each record belongs to, where the plan protects patients: all the records of one are sampled together and
 * their gradients clipped as one.
 *
 * @returns [count], patients numbered by first appearance; undefined where every record stands for itself
 * @throws {FedwardError} CONFIG_INCOMPATIBLE where that can't be done, DATA_MALFORMED for a wrong number of ids
 */
export function patientsOf(
  data: TrainingData,
  { plan, gradientPrivacy }: Pick<ClientContext, 'plan' | 'gradientPrivacy'>,
): Uint32Array | undefined {
  if (!gradientPrivacy || plan.privacy?.unit !== 'patient') return undefined;
  if (gradientPrivacy.clip !== 'per-example')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${gradientPrivacy.clip} clipping does not bound what one patient does`,
      'privacy.unit',
    );
  if (!data.patientIds)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'the plan protects patients, the data has no patient ids',
      'privacy.unit',
    );
  if (data.patientIds.length !== data.count)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${data.count} examples have ${data.patientIds.length} patient ids`,
      'patientIds',
    );
  const numbers = new Map<string, number>();
  return Uint32Array.from(data.patientIds, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
}
