import type { Figure, Figures } from '@fedward/metrics-clinical';
import { methodText } from '../report/figure-names.js';

/** How readers know those whose name in a result is a short one; others are shown as they are named. */
const labels: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  auprc: 'AUPRC',
  f1: 'F1',
  mcc: 'Matthews correlation',
  ppv: 'positive predictive value',
  npv: 'negative predictive value',
  brier: 'Brier score',
  kappa: "Cohen's kappa",
  logLoss: 'log loss',
  ece: 'expected calibration error',
  eceEqualCount: 'expected calibration error, equal counts',
  observedExpected: 'observed over expected',
  likelihoodRatioPositive: 'positive likelihood ratio',
  likelihoodRatioNegative: 'negative likelihood ratio',
  ppvAtPrevalence: 'positive predictive value at the declared prevalence',
  npvAtPrevalence: 'negative predictive value at the declared prevalence',
  sensitivityAtSpecificity: 'sensitivity at a set specificity (chosen on these patients)',
  specificityAtSensitivity: 'specificity at a set sensitivity (chosen on these patients)',
  aurocAtHorizon: 'AUROC at the horizon',
  calibrationAtHorizon: 'observed over expected at the horizon',
  rmse: 'RMSE',
  mae: 'MAE',
  cIndex: 'C-index',
  harrellC: "Harrell's C",
  unoC: "Uno's C",
  rSquared: 'R²',
  rootMeanSquaredError: 'RMSE',
  meanAbsoluteError: 'MAE',
};

/** A figure's name in words: `balancedAccuracy` is `balanced accuracy`. */
export function figureLabel(name: string): string {
  return labels[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Such as `0.865 (0.812 to 0.907)`, `1.203 (no interval)` or `not defined: there is one class only`. */
export function figureText({ value, interval, because }: Figure): string {
  if (value === null) return because === undefined ? 'not defined' : `not defined: ${because}`;
  if (interval) return `${rounded(value)} (${rounded(interval[0])} to ${rounded(interval[1])})`;
  return `${rounded(value)} (no interval${because === undefined ? '' : `: ${because}`})`;
}

/** A row a figure: its name, its value with its interval, how the interval was found. */
export function figureRows(figures: Figures): [string, string, string][] {
  return Object.entries(figures).map(([name, figure]) => [
    figureLabel(name),
    figureText(figure),
    figure.interval ? methodText(figure.method) || '-' : '-',
  ]);
}

/** The one by which a model is known first. */
export function mainFigure(figures: Figures): string | undefined {
  const order = ['auroc', 'harrellC', 'cIndex', 'accuracy', 'rmse', 'rootMeanSquaredError'];
  return order.find((name) => figures[name]) ?? Object.keys(figures)[0];
}

function rounded(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3) : String(Number(value.toPrecision(4)));
}
