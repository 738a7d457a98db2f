import type { Evaluation, Figure } from '@fedward/metrics-clinical';
import { counted } from './counted.js';

/** Such as `0.87 to 0.93`. */
export function intervalText([low, high]: readonly [number, number]): string {
  return `${written(low)} to ${written(high)}`;
}

/**
 * Such as `0.90 (0.87 to 0.93)`; `not defined` where it has no value.
 * @param signed for a difference: with its sign
 */
export function figureText({ value, interval }: Figure, signed = false): string {
  if (value === null) return 'not defined';
  const shown = `${signed && value > 0 ? '+' : ''}${written(value)}`;
  return interval ? `${shown} (${intervalText(interval)})` : shown;
}

/** Two digits behind the point of what is about 1; as many of other numbers as tell of a thousandth of them. */
function written(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  const text = value.toFixed(size >= 0.005 || size === 0 ? 2 : 3);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

const names: Readonly<Record<Evaluation['task'], readonly (readonly [figure: string, label: string])[]>> = {
  binary: [
    ['auroc', 'AUROC'],
    ['accuracy', 'accuracy'],
    ['sensitivity', 'sensitivity'],
    ['specificity', 'specificity'],
  ],
  classes: [
    ['accuracy', 'accuracy'],
    ['balancedAccuracy', 'balanced accuracy'],
  ],
  value: [
    ['rmse', 'RMSE'],
    ['mae', 'MAE'],
    ['rSquared', 'R²'],
  ],
  survival: [
    ['cIndex', 'C-index'],
    ['aurocAtHorizon', 'AUROC at the horizon'],
  ],
};
const calibration: Readonly<Record<string, string>> = {
  calibrationSlope: 'slope',
  calibrationInTheLarge: 'in the large',
  calibrationAtHorizon: 'observed over expected at the horizon',
};

/**
 * The figures that a reader looks at first, with the patients behind them, and calibration, a line each: `AUROC 0.90 (0.87 to
 * 0.93), 254 patients, 112 events`. Figures without an interval are left to the report.
 */
export function evaluationText(evaluation: Evaluation): string[] {
  const { figures, task, threshold, horizon, level } = evaluation;
  const told = (name: string, label: string): string[] => {
    const figure = figures[name];
    return figure?.interval ? [`${label} ${figureText(figure)}`] : [];
  };
  const main = names[task].flatMap(([name, label]) => told(name, label));
  if (main.length === 0) return [];
  const off = Object.entries(calibration).flatMap(([name, label]) => told(name, label));
  const by = [
    ...(threshold !== undefined && threshold !== 0.5 ? [`threshold ${written(threshold)}`] : []),
    ...(horizon !== undefined ? [`horizon ${written(horizon)}`] : []),
  ];
  return [
    `${main.join(', ')}; ${countsText(evaluation)} (${[`${Math.round(100 * level)}% intervals`, ...by].join(', ')})`,
    ...(off.length > 0 ? [`Calibration: ${off.join(', ')}`] : []),
  ];
}

/** Such as `254 patients, 112 events`, or `1490 records of 12 patients`. */
export function countsText({ records, patients, events }: Evaluation): string {
  const whom =
    records === patients
      ? counted(patients, 'patient')
      : `${counted(records, 'record')} of ${counted(patients, 'patient')}`;
  return events === undefined ? whom : `${whom}, ${counted(events, 'event')}`;
}
