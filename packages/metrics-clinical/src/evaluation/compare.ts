import { assertThat } from '@fedward/core';
import { patientsOf } from '../influence/influence.js';
import { differences, influencedFigures } from './differences.js';
import type { EvaluationOptions, Figures, Predictions } from './evaluation.js';

/**
 * The figures of one model minus those of another on the same records. Intervals are paired: they are made of each
 * record's influence on the difference, of the area under the curve as DeLong et al. 1988 have it. Figures whose interval
 * is of another kind are left out.
 *
 * @param ours and `theirs`: of the same records, in the same order
 * @throws {FedwardError} as `evaluate`; ARGUMENT_INVALID where the labels differ
 */
export function compareModels(ours: Predictions, theirs: Predictions, options: EvaluationOptions = {}): Figures {
  const { labels, patientIds } = ours;
  const same = labels.length === theirs.labels.length && labels.every((y, i) => y === theirs.labels[i]);
  assertThat(same, 'theirs', 'two models are compared on the same records, in the same order');
  const at = Uint32Array.from(labels, (_, i) => i);
  const [a, b] = [influencedFigures(ours, options), influencedFigures(theirs, options)];
  return differences(a, b, [at, at], patientsOf(labels.length, patientIds), labels.length);
}
