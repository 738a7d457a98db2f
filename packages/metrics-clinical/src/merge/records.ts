import {
  FedwardError,
  type LocalTrainer,
  type LossName,
  type ModelSpec,
  type Parameters,
  type Records,
  type TrainingData,
} from '@fedward/core';
import type { RecordGroups } from '../evaluation/evaluation.js';
import { assertOutputs, logOdds, sigmoid } from '../outputs.js';
import type { EvaluationCountsOptions } from './options.js';

/** Records of a site with what a model says of them. They stay at the site. */
export interface ScoredRecords extends Records {
  /** [count]: predicted probabilities of class 1. */
  readonly scores: Float64Array;
  /** [count]: 0 or 1. */
  readonly labels: Float32Array;
  readonly groups?: readonly RecordGroups[];
}

/**
 * Has a model score a site's records, at the site: what `evaluationCounts` is asked of.
 *
 * @param model of two classes
 * @param data held-out records, prepared as those that the model was trained on
 * @param groups of these records, in the order of the query's
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a model of another loss or more classes; what the trainer throws
 */
export async function scoredRecords(
  trainer: LocalTrainer,
  model: ModelSpec,
  parameters: Parameters,
  data: TrainingData,
  groups: readonly RecordGroups[] = [],
): Promise<ScoredRecords> {
  const { count, patientIds, sharedStatistics, labels } = data;
  const outputs = count === 0 ? new Float32Array(0) : await trainer.predict(model, parameters, data);
  return {
    count,
    ...(patientIds && { patientIds }),
    ...(sharedStatistics !== undefined && { sharedStatistics }),
    scores: probabilitiesOf(model.loss, outputs, labels),
    labels,
    groups,
  };
}

/** @returns [count]: probabilities of class 1 */
function probabilitiesOf(loss: LossName, outputs: Float32Array, labels: Float32Array): Float64Array {
  if (labels.length === 0) return new Float64Array(0);
  const width = outputs.length / labels.length;
  if (loss === 'squared-error' || loss === 'cox' || width > 2)
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `counts by predicted probability need a model of two classes, and this one has the loss ${loss} and ${width} outputs`,
      'model',
    );
  assertOutputs(loss, outputs, labels);
  return logOdds(outputs, width as 1 | 2).map(sigmoid);
}

/** @throws {FedwardError} DATA_MALFORMED, DATA_NOT_FINITE or LABEL_INVALID for records that can't be counted */
export function assertScored(data: ScoredRecords, { groups, mostRecordsPerPatient }: EvaluationCountsOptions): void {
  const { count, scores, labels, patientIds, groups: own = [] } = data;
  const malformed = (message: string): FedwardError => new FedwardError('DATA_MALFORMED', message, 'data');
  if (scores?.length !== count || labels?.length !== count)
    throw malformed(`${count} records have ${scores?.length} scores and ${labels?.length} labels`);
  if (patientIds && patientIds.length !== count)
    throw malformed(`${count} records have ${patientIds.length} patient ids`);
  if (mostRecordsPerPatient !== undefined && !patientIds)
    throw malformed('mostRecordsPerPatient bounds the records of a patient, and these have no patient ids');
  for (let i = 0; i < count; i++) {
    if (!(scores[i]! >= 0 && scores[i]! <= 1))
      throw new FedwardError('DATA_NOT_FINITE', `the score of record ${i} is no probability`, 'data');
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new FedwardError('LABEL_INVALID', `the label of record ${i} is not 0 or 1`, 'data');
  }
  groups.forEach(({ name, levels }, g) => {
    const given = own[g];
    const same = given?.name === name && given.levels.join('\n') === levels.join('\n');
    if (!same) throw malformed(`group ${g + 1} of the records is not ${name} with the levels ${levels.join(', ')}`);
    const known = given.codes.every((code) => code < levels.length || code === 255);
    if (given.codes.length !== count || !known)
      throw malformed(`the codes of ${name} are not one of its levels a record`);
  });
}
