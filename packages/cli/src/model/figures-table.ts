import type { Evaluation, Figure, Figures, SubgroupEvaluation } from '@fedward/metrics-clinical';
import { printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** Words for names that are not words by themselves; others are taken apart at their capitals. */
const words: Readonly<Record<string, string>> = {
  auroc: 'AUROC',
  auprc: 'AUPRC',
  f1: 'F1',
  mcc: 'Matthews correlation',
  ppv: 'PPV',
  npv: 'NPV',
  rmse: 'RMSE',
  mae: 'MAE',
  rSquared: 'R²',
  r2: 'R²',
  brier: 'Brier score',
  ece: 'Expected calibration error',
  eceEqualCount: 'The same, bins of equal count',
  observedExpected: 'Observed / expected',
  cIndex: "Harrell's C",
  unoC: "Uno's C",
  aurocAtHorizon: 'AUROC at the horizon',
  ppvAtPrevalence: 'PPV at the declared prevalence',
  npvAtPrevalence: 'NPV at the declared prevalence',
  agreementLower: 'Lower limit of agreement',
  agreementUpper: 'Upper limit of agreement',
};

/** A figure's name for people. */
export function figureName(name: string): string {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words[name] ?? apart.charAt(0).toUpperCase() + apart.slice(1);
}

/** A figure's value, and its interval. */
export function figureCells({ value, interval, because }: Figure): [string, string] {
  return [
    value === null ? `not defined${because === undefined ? '' : `: ${because}`}` : shown(value),
    interval ? `${shown(interval[0])} to ${shown(interval[1])}` : '',
  ];
}

/** @param own figures of the run's own test part, told beside */
export function printFigures({ figures, level, patients }: Evaluation, own: Figures | undefined): void {
  printTable(
    ['Figure', 'Value', `${100 * level}% interval`, 'Patients', ...(own ? ["On the run's own test part"] : [])],
    Object.entries(figures).map(([name, figure]) => [
      figureName(name),
      ...figureCells(figure),
      String(patients),
      ...(own ? [ownCell(own[name])] : []),
    ]),
  );
}

/** Groups of records with the first figures that are most asked for. */
export function printSubgroups(subgroups: readonly SubgroupEvaluation[]): void {
  if (subgroups.length === 0) return;
  printLine('By group:');
  const names = ['auroc', 'accuracy', 'sensitivity', 'specificity', 'rmse', 'mae', 'cIndex'];
  const there = names.filter((name) => subgroups.some(({ evaluation }) => evaluation.figures[name] !== undefined));
  printTable(
    ['Group', 'Patients', ...there.flatMap((name) => [figureName(name), 'Difference to the others'])],
    subgroups.map(({ group, level, evaluation, gaps }) => [
      `${group}: ${level}`,
      String(evaluation.patients),
      ...there.flatMap((name) => [ownCell(evaluation.figures[name]), ownCell(gaps[name])]),
    ]),
  );
}

function ownCell(figure: Figure | undefined): string {
  if (!figure) return '';
  const [value, interval] = figureCells(figure);
  return interval === '' ? value : `${value} (${interval})`;
}

/** Enough digits to tell two models apart, and no more. */
function shown(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3) : value.toPrecision(5);
}
