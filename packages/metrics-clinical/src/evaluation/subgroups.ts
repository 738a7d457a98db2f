import { evaluate } from './evaluate.js';
import type { EvaluationOptions, Predictions, RecordGroups, SubgroupEvaluation } from './evaluation.js';

/** Each level of each group by itself, beside all records outside of it. Levels without a record are left out. */
export function evaluateSubgroups(
  predictions: Predictions,
  groups: readonly RecordGroups[],
  options: EvaluationOptions = {},
): SubgroupEvaluation[] {
  return groups.flatMap(({ name, levels, codes }) =>
    levels.flatMap((level, code): SubgroupEvaluation[] => {
      const rows = [...codes.keys()].filter((row) => codes[row] === code);
      if (rows.length === 0) return [];
      const evaluation = evaluate(recordsOf(predictions, rows), { ...options, curves: false });
      return [{ group: name, level, evaluation, gaps: {} }];
    }),
  );
}

/** Some of the records. */
export function recordsOf(predictions: Predictions, rows: readonly number[]): Predictions {
  const { outputs, labels, patientIds } = predictions;
  const width = outputs.length / labels.length;
  const own = new Float32Array(rows.length * width);
  rows.forEach((row, i) => own.set(outputs.subarray(row * width, (row + 1) * width), i * width));
  return {
    ...predictions,
    outputs: own,
    labels: Float32Array.from(rows, (row) => labels[row]!),
    ...(patientIds && { patientIds: rows.map((row) => patientIds[row]!) }),
  };
}
