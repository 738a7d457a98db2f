import type { Figure, Figures, PredictionTask } from '@fedward/metrics-clinical';

/** A figure of an evaluation as people read it. */
export interface NamedFigure {
  readonly key: string;
  readonly label: string;
  /** In one clause: what it is, and what to compare it with. */
  readonly about: string;
  readonly write: (value: number) => string;
  /** Values of a share or an area, from 0 to 1. */
  readonly share: boolean;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const thousandths = (value: number): string => value.toFixed(3);
const digits = (value: number): string => value.toPrecision(4);

type Row = readonly [key: string, label: string, about: string, write: (value: number) => string, share?: 'share'];

const rows: readonly Row[] = [
  ['auroc', 'AUROC', 'how often one with the event is ranked above one without; 0.5 is chance', thousandths, 'share'],
  ['accuracy', 'Accuracy', 'the share called right', percent, 'share'],
  ['balancedAccuracy', 'Balanced accuracy', 'the mean of the shares called right, class by class', percent, 'share'],
  [
    'cIndex',
    'C-index (Harrell)',
    'how often the one with the earlier event is ranked higher; 0.5 is chance',
    thousandths,
    'share',
  ],
  ['unoC', 'C-index (Uno)', 'the same, not moved by censoring', thousandths, 'share'],
  ['rmse', 'RMSE', 'the root of the mean squared error, in the unit of the label', digits],
  ['rootMeanSquaredError', 'RMSE', 'the root of the mean squared error, in the unit of the label', digits],
  ['mae', 'MAE', 'the mean error without its sign, in the unit of the label', digits],
  ['meanAbsoluteError', 'MAE', 'the mean error without its sign, in the unit of the label', digits],
  ['rSquared', 'R²', 'the share of the variance that is explained; 0 is no better than the mean', thousandths],
  ['bias', 'Bias', 'the mean of prediction minus label', digits],
  ['agreementLower', 'Lower limit of agreement', 'Bland and Altman', digits],
  ['agreementUpper', 'Upper limit of agreement', 'Bland and Altman', digits],
  ['sensitivity', 'Sensitivity', 'of those with the event, the share called so', percent, 'share'],
  ['specificity', 'Specificity', 'of those without, the share called so', percent, 'share'],
  [
    'ppv',
    'PPV',
    'of those called positive, the share with the event, at the prevalence of these patients',
    percent,
    'share',
  ],
  ['npv', 'NPV', 'of those called negative, the share without, at the prevalence of these patients', percent, 'share'],
  [
    'ppvAtPrevalence',
    'PPV at the declared prevalence',
    'of those called positive, the share with the event',
    percent,
    'share',
  ],
  [
    'npvAtPrevalence',
    'NPV at the declared prevalence',
    'of those called negative, the share without',
    percent,
    'share',
  ],
  [
    'sensitivityAtSpecificity',
    'Sensitivity at a set specificity',
    'where specificity is 90 % or what the plan sets; the threshold was chosen on these very patients, so that it is too good',
    percent,
    'share',
  ],
  [
    'specificityAtSensitivity',
    'Specificity at a set sensitivity',
    'where sensitivity is 90 % or what the plan sets; the threshold was chosen on these very patients, so that it is too good',
    percent,
    'share',
  ],
  ['likelihoodRatioPositive', 'Positive likelihood ratio', 'sensitivity over 1 - specificity; 1 tells nothing', digits],
  ['likelihoodRatioNegative', 'Negative likelihood ratio', '1 - sensitivity over specificity; 1 tells nothing', digits],
  ['auprc', 'AUPRC', 'area under precision and recall; chance is the prevalence', thousandths, 'share'],
  ['f1', 'F1', 'harmonic mean of PPV and sensitivity', thousandths, 'share'],
  ['mcc', 'MCC', 'correlation of called and true; 0 is chance', thousandths],
  ['kappa', 'Kappa', 'agreement beyond chance; 0 is chance', thousandths],
  ['brier', 'Brier score', 'mean squared error of the probabilities; lower is better', thousandths, 'share'],
  ['logLoss', 'Log loss', 'lower is better', thousandths],
  ['calibrationSlope', 'Calibration slope', '1 is right; below 1 predictions are too extreme', thousandths],
  ['calibrationIntercept', 'Calibration intercept', '0 is right', thousandths],
  ['calibrationInTheLarge', 'Calibration in the large', '0 is right; above 0 risks are told too low', thousandths],
  ['observedExpected', 'Observed over expected', '1 is right; above 1 risks are told too low', thousandths],
  ['ece', 'Expected calibration error', 'mean distance of observed from predicted; equal bins', thousandths, 'share'],
  [
    'eceEqualCount',
    'Expected calibration error, equal counts',
    'the same, in bins of as many patients',
    thousandths,
    'share',
  ],
  ['netBenefit', 'Net benefit', 'at the threshold; treating nobody has 0', thousandths],
  [
    'aurocAtHorizon',
    'AUROC at the horizon',
    'cumulative cases against those without event by then',
    thousandths,
    'share',
  ],
  ['brierAtHorizon', 'Brier score at the horizon', 'lower is better', thousandths, 'share'],
  ['integratedBrier', 'Integrated Brier score', 'up to the horizon; lower is better', thousandths, 'share'],
  [
    'calibrationAtHorizon',
    'Observed over expected at the horizon',
    '1 is right; above 1 risks are told too low',
    thousandths,
  ],
  ['prevalence', 'Prevalence', 'the share with the event among these patients', percent, 'share'],
  ['loss', 'Loss', 'what training makes small', digits],
];

/** In the order in which they are shown. */
export const figureNames: readonly NamedFigure[] = rows.map(([key, label, about, write, share]) => ({
  ...{ key, label, about, write },
  share: share !== undefined,
}));

/** By which a model of a task is compared between hospitals and groups. */
const leading: Readonly<Record<PredictionTask, readonly string[]>> = {
  binary: ['auroc', 'accuracy'],
  classes: ['accuracy', 'balancedAccuracy'],
  value: ['rmse', 'rootMeanSquaredError', 'mae'],
  survival: ['cIndex', 'unoC'],
};

/** The figures of a headline, at most four. */
const headline: Readonly<Record<PredictionTask, readonly string[]>> = {
  binary: ['auroc', 'accuracy', 'sensitivity', 'specificity'],
  classes: ['accuracy', 'balancedAccuracy', 'kappa'],
  value: ['rmse', 'rootMeanSquaredError', 'mae', 'meanAbsoluteError', 'rSquared'],
  survival: ['cIndex', 'unoC', 'aurocAtHorizon'],
};

/** Those of the figures that are there and known by name, and after them the others under their keys. */
export function namedIn(figures: Figures): NamedFigure[] {
  const known = figureNames.filter(({ key }) => figures[key] !== undefined);
  const others = Object.keys(figures).filter((key) => !figureNames.some((named) => named.key === key));
  return [...known, ...others.map((key) => ({ key, label: key, about: '', write: digits, share: false }))];
}

/** Undefined where the evaluation has none of them. */
export function leadingFigure(task: PredictionTask, figures: Figures): NamedFigure | undefined {
  return pick(leading[task], figures)[0];
}

export function headlineFigures(task: PredictionTask, figures: Figures): NamedFigure[] {
  return pick(headline[task], figures);
}

function pick(keys: readonly string[], figures: Figures): NamedFigure[] {
  return keys.flatMap((key) =>
    figures[key] === undefined ? [] : figureNames.filter((named) => named.key === key).slice(0, 1),
  );
}

/** Such as `0.902`; a dash where it is not known. */
export function valueOf(figure: Figure | undefined, { write }: NamedFigure): string {
  return figure?.value === undefined || figure.value === null ? '-' : write(figure.value);
}

/** Such as `0.861 to 0.943`, in one piece where lines break; a dash where there is none. */
export function intervalOf(figure: Figure | undefined, { write }: NamedFigure): string {
  return figure?.interval ? `${write(figure.interval[0])}\u00a0to\u00a0${write(figure.interval[1])}` : '-';
}

/** Value and interval in one cell, such as `0.902 (0.861 to 0.943)` or `0.667 (no interval)`. */
export function figureText(figure: Figure | undefined, named: NamedFigure): string {
  if (figure?.value === undefined || figure.value === null) return '-';
  return `${named.write(figure.value)} (${figure.interval ? intervalOf(figure, named) : 'no interval'})`;
}

/** A difference of two of them, with its sign and interval. */
export function differenceText(figure: Figure | undefined, named: NamedFigure): string {
  const signed = (value: number): string => {
    const written = named.write(value);
    // What is 0 as it is written has no sign.
    if (Number.parseFloat(written) === 0) return written.replace('-', '');
    return value > 0 ? `+${written}` : written;
  };
  if (figure?.value === undefined || figure.value === null) return '-';
  const { value, interval } = figure;
  return `${signed(value)} (${interval ? `${signed(interval[0])}\u00a0to\u00a0${signed(interval[1])}` : 'no interval'})`;
}

const methods: Readonly<Record<string, string>> = {
  delong: 'DeLong',
  wilson: 'Wilson',
  wald: 'Wald',
  student: 'Student’s t',
  bootstrap: 'bootstrap',
};

/** How an interval was made, as it is known in the field; as it is called where it is not known here. */
export function methodText(method: string | undefined): string {
  return method === undefined ? '' : (methods[method] ?? method);
}
