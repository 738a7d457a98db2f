import type { EvaluationOptions, Figures, Predictions } from './evaluation.js';
import { evaluate } from './evaluate.js';

/**
 * The figures of one model minus those of another on the same records, with intervals that know that they are the same.
 * @param ours and `theirs`: of the same records, in the same order
 */
export function compareModels(ours: Predictions, theirs: Predictions, options: EvaluationOptions = {}): Figures {
  const [a, b] = [ours, theirs].map((one) => evaluate(one, { ...options, curves: false }).figures);
  return Object.fromEntries(
    Object.entries(a!).flatMap(([name, { value }]) => {
      const other = b![name]?.value;
      return value === null || other === null || other === undefined
        ? []
        : [[name, { value: value - other, interval: null }]];
    }),
  );
}
