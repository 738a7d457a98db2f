import { modelMetrics } from '../evaluate.js';
import type { Curves, EvaluationOptions, Figures, Predictions } from '../evaluation/evaluation.js';

/** The metrics of the loss, without intervals. */
export function valueFigures(...[{ loss, outputs, labels }]: [Predictions, EvaluationOptions]): {
  figures: Figures;
  curves?: Curves;
  events?: number;
} {
  const metrics = Object.entries(modelMetrics(loss, outputs, labels));
  return { figures: Object.fromEntries(metrics.map(([name, value]) => [name, { value, interval: null }])) };
}
