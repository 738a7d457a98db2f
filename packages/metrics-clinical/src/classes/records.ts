import { patientsOf } from '../intervals/patients.js';
import { predictedClasses } from '../outputs.js';
import type { ClassRecords } from './figures.js';

/** From logits [count, classes]. The log-odds of class k are x_k - log sum_{j != k} e^(x_j), which round less than p / (1 - p). */
export function classRecords(
  outputs: Float32Array,
  labels: Float32Array,
  patientIds?: readonly string[],
): ClassRecords {
  const count = labels.length;
  const classes = outputs.length / count;
  const logOdds = new Float64Array(outputs.length);
  const probabilities = new Float64Array(outputs.length);
  for (let from = 0; from < outputs.length; from += classes)
    for (let k = 0; k < classes; k++) {
      let largest = -Infinity;
      for (let j = 0; j < classes; j++) if (j !== k) largest = Math.max(largest, outputs[from + j]!);
      let others = 0;
      for (let j = 0; j < classes; j++) if (j !== k) others += Math.exp(outputs[from + j]! - largest);
      const odds = outputs[from + k]! - largest - Math.log(others);
      logOdds[from + k] = odds;
      probabilities[from + k] = odds >= 0 ? 1 / (1 + Math.exp(-odds)) : Math.exp(odds) / (1 + Math.exp(odds));
    }
  return {
    count,
    classes,
    logOdds,
    probabilities,
    labels: Uint32Array.from(labels),
    predicted: predictedClasses(outputs, classes),
    patients: patientsOf(patientIds, count),
  };
}
