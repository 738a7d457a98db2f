import type { Metrics } from '@fedward/core';

/** A metric as people read it. */
export interface ShownMetric {
  /** Its name in a result. */
  readonly key: string;
  readonly label: string;
  /** True for a share, from 0 to 1. */
  readonly share: boolean;
  write(value: number): string;
}

const shownMetrics: readonly ShownMetric[] = [
  { key: 'accuracy', label: 'accuracy', share: true, write: (share) => `${(100 * share).toFixed(1)}%` },
  { key: 'auroc', label: 'AUROC', share: true, write: (area) => area.toFixed(3) },
  { key: 'cIndex', label: 'C-index', share: true, write: (index) => index.toFixed(3) },
  { key: 'rootMeanSquaredError', label: 'RMSE', share: false, write: (error) => error.toPrecision(4) },
  { key: 'meanAbsoluteError', label: 'MAE', share: false, write: (error) => error.toPrecision(4) },
  { key: 'rSquared', label: 'R²', share: false, write: (r2) => r2.toFixed(3) },
];

/** Those that a model has, the one by which it is known first: accuracy, concordance or root mean squared error. */
export function shownOf(metrics: Metrics): readonly ShownMetric[] {
  return shownMetrics.filter(({ key }) => metrics[key] !== undefined);
}

/** Such as `accuracy 81.5%, AUROC 0.902`, or `RMSE 10.71, MAE 8.533, R² 0.012`. */
export function describeMetrics(metrics: Metrics): string {
  return shownOf(metrics)
    .map(({ key, label, write }) => `${label} ${write(metrics[key]!)}`)
    .join(', ');
}

/** One metric for a table; a dash where there is none. */
export function cellOf(metrics: Metrics | null, shown: ShownMetric): string {
  const value = metrics?.[shown.key];
  return value === undefined ? '-' : shown.write(value);
}
