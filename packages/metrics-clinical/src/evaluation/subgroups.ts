import { patientsOf } from '../influence/influence.js';
import { differences, influencedFigures } from './differences.js';
import { evaluate } from './evaluate.js';
import type { EvaluationOptions, Figures, Predictions, RecordGroups, SubgroupEvaluation } from './evaluation.js';

/**
 * Each level of each group by itself, and beside all records outside of it: the gap is its figure minus theirs, with an
 * interval from the influences of both. Levels without a record are left out; where a level has all of them there is no gap.
 *
 * @throws {FedwardError} as `evaluate`
 */
export function evaluateSubgroups(
  predictions: Predictions,
  groups: readonly RecordGroups[],
  options: EvaluationOptions = {},
): SubgroupEvaluation[] {
  return groups.flatMap(({ name, levels, codes }) =>
    levels.flatMap((level, code): SubgroupEvaluation[] => {
      const inside = rowsWhere(codes, (own) => own === code);
      if (inside.length === 0) return [];
      const evaluation = evaluate(recordsOf(predictions, inside), { ...options, curves: false });
      return [{ group: name, level, evaluation, gaps: gapsOf(predictions, inside, rowsWhere(codes, (own) => own !== code), options) }]; // prettier-ignore
    }),
  );
}

function gapsOf(
  predictions: Predictions,
  inside: Uint32Array,
  outside: Uint32Array,
  options: EvaluationOptions,
): Figures {
  if (outside.length === 0) return {};
  const { labels, patientIds } = predictions;
  const [a, b] = [inside, outside].map((rows) => influencedFigures(recordsOf(predictions, rows), options));
  return differences(a!, b!, [inside, outside], patientsOf(labels.length, patientIds), labels.length);
}

function rowsWhere(codes: Uint8Array, isOne: (code: number) => boolean): Uint32Array {
  return Uint32Array.from([...codes.keys()].filter((row) => isOne(codes[row]!)));
}

/** Some of the records, in the order given. */
export function recordsOf(predictions: Predictions, rows: Uint32Array): Predictions {
  const { outputs, labels, patientIds } = predictions;
  const width = outputs.length / labels.length;
  const own = new Float32Array(rows.length * width);
  rows.forEach((row, i) => own.set(outputs.subarray(row * width, (row + 1) * width), i * width));
  return {
    ...predictions,
    outputs: own,
    labels: Float32Array.from(rows, (row) => labels[row]!),
    ...(patientIds && { patientIds: Array.from(rows, (row) => patientIds[row]!) }),
  };
}
